import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMemo } from 'react';
import { isReady } from './map-catalog.js';
import type { PointScope } from './point-cache.js';
import type { MapChoice } from './population.state.js';

interface NamedMap {
  readonly id: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
}

/** The columns that say where the points of a map lie. */
export const axesOf = ({ dimensions }: MapChoice): string[] => (dimensions === 3 ? ['x', 'y', 'z'] : ['x', 'y']);

/** What the points of a map are loaded by. */
export const scopeOf = ({ id, epoch, datasetVersionId }: NamedMap, runId: string): PointScope => ({ explorationId: id, runId, epoch, datasetVersionId });

/** The scope of a map that is ready, the same object as long as it is the same map. */
export function useScope(map: Parameters<typeof isReady>[0] & NamedMap | undefined, run: Run): PointScope | undefined {
  const [id, epoch, datasetVersionId] = map === undefined || !isReady(map) ? [] : [map.id, map.epoch, map.datasetVersionId];
  return useMemo(() => (id === undefined || epoch === undefined || datasetVersionId === undefined ? undefined : scopeOf({ id, epoch, datasetVersionId }, run.id)),
    // The run's id does not change while its population is shown.
    [id, epoch, datasetVersionId, run.id]);
}
