import type { Exploration } from '@noema/contracts/noema/projection/v1/exploration';
import { useCallback, useMemo } from 'react';
import { useDatasetVersion } from '../../../features/sample/dataset-version.query.js';
import { jobIsOpen } from '../../../parts/states.js';
import { isReady } from '../maps/map-catalog.js';
import { useCompared, useScope } from '../maps/map-scope.state.js';
import { usePlacedMaps } from '../maps/population.query.js';
import { useVersions } from '../maps/versions.query.js';
import { isOfMap } from '../points/point-cache.js';
import type { PopulationState } from '../state/population.state.js';
import type { PopulationProps } from './population-props.js';

const NO_MAPS: readonly Exploration[] = [];

/** The maps that the state of the view names, with their scopes. */
export function useChosenMaps({ projectId, run, version, catalog }: PopulationProps, state: PopulationState) {
  const lastEpoch = Math.max(1, run.epochsDone);
  const choice = useMemo(() => catalog.resolve(state.map, lastEpoch), [catalog, state.map, lastEpoch]);
  const besideChoice = useMemo(
    () =>
      state.beside === undefined || state.placed !== ''
        ? undefined
        : catalog.resolve(state.beside, lastEpoch),
    [catalog, state.beside, state.placed, lastEpoch],
  );
  const base = catalog.find(choice, state.made);
  const placed = usePlacedMaps(projectId, base !== undefined && isReady(base) ? base.id : undefined);
  const map = placed.data?.find(({ id }) => id === state.placed) ?? base;
  const other = useDatasetVersion(map?.placed?.datasetVersionId).data;
  const isPlaced = map?.placed !== undefined;
  const total = map?.placed === undefined ? version.sampleCount : map.pointCount;
  const besideMap = besideChoice === undefined ? undefined : catalog.find(besideChoice);
  const own = useScope(map, run);
  const versions = useVersions(projectId, own, state);
  const compared = versions.state === 'ready' ? versions.compared : undefined;
  const scope = useCompared(own, compared);
  const besideScope = useCompared(useScope(besideMap, run), compared);
  // The data of the samples also color a map that is not finished.
  const isMaking = map !== undefined && jobIsOpen(map.state);
  const lender = useScope(
    isMaking && !isPlaced && !isOfMap(state.color) && !isOfMap(state.size)
      ? catalog.findLike(map)
      : undefined,
    run,
  );
  const available = useMemo(() => catalog.listEpochs(choice), [catalog, choice]);
  const { refetch } = placed;
  const onPlacedChanged = useCallback(() => {
    void refetch();
  }, [refetch]);
  const isUnplaced = state.placed !== '' && placed.isSuccess && !placed.isFetching && !isPlaced;
  return {
    lastEpoch,
    choice,
    besideChoice,
    base,
    placedMaps: placed.data ?? NO_MAPS,
    onPlacedChanged,
    isUnplaced,
    map,
    other,
    isPlaced,
    total,
    besideMap,
    /** Two versions of the model, where the map shows what changed. */
    versions,
    scope,
    besideScope,
    /** The scope of the map, or of one that lends its columns while the map is not finished. */
    pointScope: scope ?? lender,
    available,
  };
}

export type ChosenMaps = ReturnType<typeof useChosenMaps>;
