import { useDeferredValue, useEffect, useMemo, useState } from 'react';
import { counted } from '../../../parts/numbers.js';
import { useLabels } from '../plot/class-labels.state.js';
import { isChange } from '../points/column.js';
import { countBits, listPoints } from '../points/bit-mask.js';
import { useRowsMask } from '../selection/rows-mask.query.js';
import { selectedShown, useShownPoints } from '../selection/shown-points.query.js';
import { useLinkNotices } from '../state/link-notices.state.js';
import type { PopulationState } from '../state/population.state.js';
import type { ChosenMaps } from './chosen-maps.state.js';
import type { LoadedPoints } from './loaded-points.state.js';
import type { LooksOfView } from './looks.state.js';
import type { PopulationProps } from './population-props.js';

/** Points of the selection whose rows are at hand at once. */
const SELECTED_POINTS = 50;

/** The points that filters, search and selection leave. */
export function useShownSamples(
  { notices, store }: PopulationProps,
  state: PopulationState,
  { scope, isUnplaced, lastEpoch }: ChosenMaps,
  { filters, described, known }: LooksOfView,
  { order, points, beside }: LoadedPoints,
) {
  const { shown, shownCount, found, foundMask, within, lostRows } = useShownPoints({
    scope,
    order,
    filters,
    search: state.search,
    columns: points.columns,
    described,
  });
  const selection = useRowsMask(state.selection, order);
  const selected = useMemo(() => selectedShown(selection.mask, shown), [selection.mask, shown]);
  const selectedCount = useMemo(() => (selected === undefined ? 0 : countBits(selected)), [selected]);
  const foundCount = useMemo(
    () => (foundMask === undefined || within === undefined ? undefined : countBits(within)),
    [foundMask, within],
  );
  const { isSought } = selection;
  const seen = useMemo(() => ({ shown, within, selected, isSought }), [shown, within, selected, isSought]);
  // The map follows at once, the panels when there is time.
  const later = useDeferredValue(seen);
  const selectedPoints = useMemo(
    () => (later.selected === undefined ? [] : listPoints(later.selected, SELECTED_POINTS)),
    [later],
  );
  const labels = useLabels(state.labels, points.columns, later.shown);
  const besideLabels = useLabels(state.labels, beside.columns, later.shown);
  const [linked] = useState(state);
  const unknown = unknownSettings(linked, lastEpoch, known);
  const lostPlaced = isUnplaced && state.placed === linked.placed;
  useLinkNotices(notices, selection.isLost || lostRows, lostPlaced, unknown);
  const { set } = store;
  // Placing that was cancelled, or samples that were taken away, leave the map alone.
  useEffect(() => {
    if (isUnplaced) set({ placed: '' }, 'replace');
  }, [isUnplaced, set]);
  return {
    shown,
    shownCount,
    found,
    foundMask,
    within,
    selectionMask: selection.mask,
    selected,
    selectedCount,
    foundCount,
    later,
    selectedPoints,
    labels,
    besideLabels,
  };
}

export type ShownSamples = ReturnType<typeof useShownSamples>;

/** Settings of a link that name an epoch or a column that does not exist. */
function unknownSettings(linked: PopulationState, lastEpoch: number, known: ReadonlySet<string>): string[] {
  // The columns of placed samples are known only when their map has loaded.
  if (linked.placed !== '') return [];
  const columns = [
    ['color', linked.color],
    ['size', linked.size],
  ] as const;
  return [
    ...(linked.map.epoch > lastEpoch
      ? [`epoch=${linked.map.epoch} (the run has ${counted(lastEpoch, 'epoch')})`]
      : []),
    ...columns
      .filter(([, name]) => name !== 'none' && name !== 'loss' && !isChange(name) && !known.has(name))
      .map(([setting, name]) => `${setting}=${name} (there is no such column)`),
  ];
}
