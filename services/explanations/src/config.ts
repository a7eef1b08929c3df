import { integer, text } from '@noema/config';
import { heavySettings } from '@noema/host';
import { z } from 'zod';

/** Settings of the explanations service and its workers. */
export const explanationsSettings = z.object({
  ...heavySettings.shape,
  engineThreads: integer({ min: 0, max: 256 }).default(0).describe('threads that run the model in a worker; 0 for one per core'),
  engineBackend: text().default('cpu').describe('what runs the model; a worker that was asked for a device it does not have fails'),
});

export type ExplanationsConfig = z.output<typeof explanationsSettings>;
