import type { ShardContext } from '@noema/jobs';
import { expect, it } from 'vitest';
import type { SimilarityAnalysisExecutor } from '../similarity-analysis/similarity-analysis.executor.js';
import { SimilarityAnalysisWorker } from '../similarity-analysis/similarity-analysis.worker.js';

it('what a worker without parts has published as a whole is not published again by one with parts', async () => {
  const published: unknown[] = [];
  const areas = {
    publish: (_id: string, parts: unknown) => {
      published.push(parts);
      return Promise.resolve({ commit: () => Promise.resolve() });
    },
  } as unknown as SimilarityAnalysisExecutor;
  const publish = new SimilarityAnalysisWorker(areas).kind.stages[1]!;
  const context = (results: unknown[]) =>
    ({
      job: { teamId: 't', payload: { id: 'a', shards: 2 } },
      results,
      progress: () => undefined,
    }) as unknown as ShardContext<{ id: string; shards: number }>;
  expect(await publish.run(context([null, []]))).toEqual({ result: null });
  expect(published).toEqual([]);
  await publish.run(context([['one'], ['two']]));
  expect(published).toEqual([[['one'], ['two']]]);
  expect(
    [1, 2, undefined].map((shards) =>
      publish.shards!({ payload: { id: 'a', ...(shards !== undefined && { shards }) }, results: [] }),
    ),
  ).toEqual([0, 1, 0]);
});
