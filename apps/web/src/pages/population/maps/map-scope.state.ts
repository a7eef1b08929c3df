import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMemo } from 'react';
import { isReady } from './map-catalog.js';
import type { PlacedRows } from '../points/placed-rows.js';
import type { ComparedScopes, PointScope } from '../points/point-cache.js';
import type { MapChoice } from './map-choice.js';

interface NamedMap {
  readonly id: string;
  readonly epoch: number;
  readonly datasetVersionId: string;
  readonly placed?: PlacedRows | undefined;
}

/** The columns that say where the points of a map lie. */
export const listAxes = ({ dimensions }: MapChoice): string[] =>
  dimensions === 3 ? ['x', 'y', 'z'] : ['x', 'y'];

/** Scope by which the points of a map are loaded. */
export const toScope = ({ id, epoch, datasetVersionId, placed }: NamedMap, runId: string): PointScope => ({
  explorationId: id,
  runId,
  epoch,
  datasetVersionId,
  ...(placed === undefined
    ? {}
    : { placed: { firstRow: placed.firstRow, datasetVersionId: placed.datasetVersionId } }),
});

/** The scope of a map that is ready, the same object for the same map. */
export function useScope(
  map: (Parameters<typeof isReady>[0] & NamedMap) | undefined,
  run: Run,
): PointScope | undefined {
  const ready = map !== undefined && isReady(map) ? map : undefined;
  // The subject of a map never changes, nor does the run's id while its population is shown.
  return useMemo(() => (ready === undefined ? undefined : toScope(ready, run.id)), [ready?.id, run.id]);
}

/** The scope of a map whose samples two versions are compared on. */
export function useCompared(
  scope: PointScope | undefined,
  compared: ComparedScopes | undefined,
): PointScope | undefined {
  return useMemo(
    () => (scope === undefined || compared === undefined ? scope : { ...scope, compared }),
    [scope, compared],
  );
}
