import type { JobKind, Json } from '@noema/jobs';
import type { ArtifactRef } from '@noema/kernel';
import type { IndexBuilder } from './build.executor.js';
import { SHARD_ROWS } from '../vector-index/vector-index.service.js';
import type { BuildPayload } from '../vector-index/similarity.ports.js';
import { BUILD } from './build.queue.js';

/**
 * Neighbours part by part on all workers, then the last step, in which index and graph become visible
 * together.
 */
export const buildJob = (builder: IndexBuilder): JobKind<BuildPayload> => ({
  kind: BUILD,
  stages: [
    {
      name: 'neighbors',
      run: async (context) => {
        const { teamId, payload } = context.job;
        const part = await builder.part(teamId, payload, context.index, SHARD_ROWS, context);
        return { result: (part ?? null) as Json };
      },
    },
    {
      name: 'publish',
      run: async (context) => {
        const parts = context.results.filter((part) => part !== null) as unknown as ArtifactRef[];
        return {
          result: null,
          commit: await builder.publish(context.job.teamId, context.job.payload, parts, context),
        };
      },
    },
  ],
});
