import { flag, integer } from '@noema/config';
import { engineSettings, heavySettings } from '@noema/host';
import * as z from 'zod';

/** Settings of the insights service and of its workers. */
export const insightsSettings = z.object({
  ...heavySettings.shape,
  workerBytes: engineSettings.shape.workerBytes,
  searchThreads: integer({ min: 0, max: 256 })
    .default(0)
    .describe(
      'threads that search for insights; 0 for one per core, and the insights are the same for any number',
    ),
  searchAfterRuns: flag()
    .default(true)
    .describe('whether each run that succeeds is searched for insights after its last epoch'),
});

export type InsightsConfig = z.output<typeof insightsSettings>;
