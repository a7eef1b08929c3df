import { integer } from '@noema/config';
import { apiSettings, workerSettings } from '@noema/host';
import * as z from 'zod';

/** Settings of the quality service and of its workers. */
export const qualitySettings = z.object({
  ...apiSettings.shape,
  ...workerSettings.shape,
  maxJudgedSamples: integer({ min: 1000, max: 1_000_000_000 })
    .default(2_000_000)
    .describe(
      'samples that a worker reads of one run for one test; a test with more is undecided. Each takes 44 bytes of ' +
        'memory, up to four times',
    ),
});

export type QualityConfig = z.output<typeof qualitySettings>;
