import { integer } from '@noema/config';
import { engineSettings, heavySettings } from '@noema/host';
import * as z from 'zod';

/** Settings of the training service and its workers. */
export const trainingSettings = z.object({
  ...heavySettings.shape,
  workerBytes: engineSettings.shape.workerBytes,
  engineBackend: engineSettings.shape.engineBackend,
  trainerWorkers: integer({ min: 1, max: 64 })
    .default(2)
    .describe(
      'threads that train a run that asks for no number; it is part of the run, since it decides the ' +
        'order of sums',
    ),
  residentBytes: integer({ min: 1 << 20, max: 2 ** 50 })
    .default(4 * 2 ** 30)
    .describe('most memory that the data of one run may take in a worker'),
  importBytes: integer({ min: 1 << 20, max: 2 ** 32 })
    .default(512 * 2 ** 20)
    .describe('most bytes of a file that a model is imported from'),
  importMemoryBytes: integer({ min: 2 ** 28, max: 2 ** 50 })
    .default(4 * 2 ** 30)
    .describe('most memory that the process that reads such a file may take in a worker'),
  historyCacheBytes: integer({ min: 0, max: 2 ** 40 })
    .default(256 * 2 ** 20)
    .describe(
      'memory that what epochs said about all samples may take in the API (18 bytes a sample and ' +
        'epoch), so that the next history reads nothing',
    ),
});

export type TrainingConfig = z.output<typeof trainingSettings>;
