import { useCallback, useMemo, useState } from 'react';
import { useEncodedPoints } from '../encoding/encoded-points.query.js';
import { isReady } from '../maps/map-catalog.js';
import { listAxes, toScope } from '../maps/map-scope.state.js';
import { useDomains, usePrefetchedDomains } from '../points/domains.query.js';
import { pointCache, usePrefetchedIds } from '../points/points.query.js';
import { usePrefetchedSheets } from '../points/sheets.query.js';
import { useNeighbours, usePlay } from '../state/play.state.js';
import type { ChosenMaps } from './chosen-maps.state.js';
import type { LooksOfView } from './looks.state.js';
import type { PopulationProps } from './population-props.js';

/** The points of both maps as they load, and the epochs as they play. */
export function useLoadedPoints(
  { run, version, catalog, store }: PopulationProps,
  { choice, besideChoice, scope, besideScope, pointScope, total, available }: ChosenMaps,
  { color, size, looked, looks, settings, more }: LooksOfView,
) {
  const { set } = store;
  const setEpoch = useCallback(
    (epoch: number, how: 'push' | 'replace' = 'replace') => {
      set({ map: { ...store.state.map, epoch }, placed: '' }, how);
    },
    [set, store],
  );
  const near = useCallback(
    (epoch: number) => {
      const next = catalog.find({ ...choice, epoch });
      if (next !== undefined && isReady(next))
        void pointCache
          .want(toScope(next, run.id), [
            ...listAxes(choice),
            ...[color, size, ...more].filter((name) => name !== 'none'),
          ])
          .catch(() => undefined);
    },
    [catalog, choice, run, color, size, more],
  );
  const play = usePlay({ epoch: choice.epoch, available, onEpoch: setEpoch, onNear: near });
  const findDomain = useDomains(pointScope, {
    shown: [choice.epoch, ...(besideChoice === undefined ? [] : [besideChoice.epoch])],
    epochs: available.length,
    isHeld: play.playing,
  });
  const [started, setStarted] = useState<ReadonlySet<string>>(new Set());
  const onStart = useCallback((id: string) => {
    setStarted((before) => (before.has(id) ? before : new Set([...before, id])));
  }, []);
  // The plot draws the first stream as it loads; all other columns follow it.
  const points = useEncodedPoints(pointScope, total, looks, settings, {
    axes: scope === undefined ? [] : listAxes(choice),
    names: more,
    findDomain,
    enabled: scope === undefined || started.has(scope.explorationId),
  });
  const beside = useEncodedPoints(besideScope, version.sampleCount, looks, settings, {
    axes: listAxes(besideChoice ?? choice),
    names: more,
    findDomain,
    enabled: started.has(besideScope?.explorationId ?? ''),
  });
  const order = scope === undefined ? undefined : pointCache.findOrder(scope);
  useNeighbours(choice.epoch, available, near, points.isCurrent);
  const epochScopes = useMemo(
    () =>
      available.flatMap((epoch) => {
        const one = catalog.find({ ...choice, epoch });
        return one === undefined ? [] : [toScope(one, run.id)];
      }),
    [available, catalog, choice, run.id],
  );
  usePrefetchedDomains(epochScopes, looked, version.sampleCount, points.isCurrent);
  usePrefetchedSheets(version, points.isCurrent);
  usePrefetchedIds(scope, total, points.isCurrent);
  return { setEpoch, play, findDomain, onStart, points, beside, order };
}

export type LoadedPoints = ReturnType<typeof useLoadedPoints>;
