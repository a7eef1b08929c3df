import { integer, text } from '@noema/config';
import { heavySettings } from '@noema/host';
import { z } from 'zod';
import { INDEX_KINDS } from './domain/vector-index.js';

/** Settings of the similarity service and of its workers. */
export const similaritySettings = z.object({
  ...heavySettings.shape,
  indexKind: z.enum(INDEX_KINDS, `is none of ${INDEX_KINDS.join(', ')}`).default('exact').describe('kind of index that every set gets and that is asked when a request names none'),
  engineThreads: integer({ min: 0, max: 256 }).default(0).describe('threads that compare vectors; 0 for one per core'),
  faissLibrary: text().optional().describe('native part of the faiss kinds; left out, the one that `make native` prepares'),
});

export type SimilarityConfig = z.output<typeof similaritySettings>;
