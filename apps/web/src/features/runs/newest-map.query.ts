import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useQuery } from '@tanstack/react-query';
import { explorations } from '../../api/clients.js';
import { loadColumns } from '../../api/point-columns.js';

/** The newest ready map of a run in two dimensions; null while there is none. */
export const useNewestMap = ({ id: runId, projectId, epochsDone }: Run) =>
  useQuery({
    queryKey: ['newest-map', runId, epochsDone],
    queryFn: async ({ signal }) =>
      (await explorations.listExplorations({ projectId, runId, pageSize: 50 }, { signal })).explorations.find(
        ({ state, dimensions, projectedOnto }) =>
          state === JobState.SUCCEEDED && dimensions === 2 && projectedOnto === '',
      ) ?? null,
    staleTime: 10_000,
  });

/** Some dots of a map, spread over the whole population, and how many samples it has. */
export interface MapSketch {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** `undefined` where the run has no loss. */
  readonly loss: Float32Array | undefined;
  readonly total: number;
}

/** The dots of the first batch of a map: a fair part of a large population, all of a small one. */
export const useMapSketch = (explorationId: string, hasLoss: boolean) =>
  useQuery({
    queryKey: ['map-sketch', explorationId, hasLoss],
    staleTime: Infinity,
    queryFn: async ({ signal }): Promise<MapSketch> => {
      const stop = new AbortController();
      signal.addEventListener('abort', () => {
        stop.abort();
      });
      return new Promise((resolve, reject) => {
        loadColumns({
          explorationId,
          columns: ['x', 'y', ...(hasLoss ? ['loss'] : [])],
          signal: stop.signal,
          onBatch: ({ numbers, loaded, count }) => {
            const first = (name: string) => numbers.get(name)?.slice(0, loaded);
            const [x, y] = [first('x'), first('y')];
            if (x === undefined || y === undefined) return;
            resolve({ x, y, loss: first('loss'), total: count });
            // Later batches are not needed.
            stop.abort();
          },
        }).catch(reject);
      });
    },
  });
