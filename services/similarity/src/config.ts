import { integer } from '@noema/config';
import { heavySettings } from '@noema/host';
import { z } from 'zod';

/** Settings of the similarity service and of its workers. */
export const settings = z.object({
  ...heavySettings.shape,
  engineThreads: integer({ min: 0, max: 256 }).default(0).describe('threads that compare vectors; 0 for one per core'),
});

export type SimilarityConfig = z.output<typeof settings>;
