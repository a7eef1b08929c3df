import { integer, text } from '@noema/config';
import { heavySettings } from '@noema/host';
import * as z from 'zod';
import { INDEX_KINDS } from './vector-index/vector-index.js';

/** Settings of the similarity service and of its workers. */
export const similaritySettings = z.object({
  ...heavySettings.shape,
  indexKind: z
    .enum(INDEX_KINDS, `is not one of ${INDEX_KINDS.join(', ')}`)
    .default('exact')
    .describe('kind of index that every set gets and that is asked when a request names none'),
  engineThreads: integer({ min: 0, max: 256 })
    .default(0)
    .describe('threads that compare vectors; 0 for one per core'),
  graphExactUpTo: integer({ min: 0, max: 2 ** 31 - 1 })
    .default(100_000)
    .describe(
      'samples up to which all pairs are compared for a neighbor graph, in parts on all workers; ' +
        'beyond, NN-descent finds them on one, and the graph states its measured recall',
    ),
  faissLibrary: text()
    .optional()
    .describe('native part of the faiss kinds; left out, the one that `make native` prepares'),
});

export type SimilarityConfig = z.output<typeof similaritySettings>;
