import type { Scatterplot } from '@noema/scatterplot';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { MapChoice } from '../maps/map-choice.js';
import { useLinkedCameras } from '../plot/linked-cameras.state.js';
import type { PlotMode } from '../plot/plot-controller.js';
import { toMask } from '../points/bit-mask.js';
import { findOwner } from '../points/placed-rows.js';
import type { Filter } from '../selection/filters.js';
import { useLossSteps } from '../state/loss-steps.state.js';
import type { PopulationState } from '../state/population.state.js';
import { useSelecting } from '../state/selecting.state.js';
import { useViewActions } from '../state/view-actions.state.js';
import type { ChosenMaps } from './chosen-maps.state.js';
import type { LoadedPoints } from './loaded-points.state.js';
import type { LooksOfView } from './looks.state.js';
import type { PopulationProps } from './population-props.js';
import type { ShownSamples } from './shown-samples.state.js';

/** Both plots, and what people do on them and around them. */
export function usePicks(
  { store, run, onChanged }: PopulationProps,
  state: PopulationState,
  { choice, base, scope, total, available, isPlaced }: ChosenMaps,
  { filters, setPointed }: LooksOfView,
  { order, points, play }: LoadedPoints,
  { shown, foundMask, within, selectionMask, selected }: ShownSamples,
) {
  const { set } = store;
  const [mode, setMode] = useState<PlotMode>('pan');
  const [similar, setSimilar] = useState<readonly number[]>([]);
  const [plots, setPlots] = useState<readonly [Scatterplot | undefined, Scatterplot | undefined]>([
    undefined,
    undefined,
  ]);
  const setFilters = useCallback(
    (next: readonly Filter[], done = true) => {
      set({ filters: next }, done ? 'push' : 'replace');
    },
    [set],
  );
  const openRow = useCallback(
    (row: number | undefined) => {
      set({ row, ...(row === undefined ? {} : { right: true }) });
    },
    [set],
  );
  const onClick = useCallback(
    (point: number, isMore: boolean) => {
      const row = point < 0 || order === undefined ? undefined : order.toRow(point);
      if (row === undefined) return;
      const { like } = store.state;
      // The run's index of similar samples knows its own ones only.
      if (isMore && scope !== undefined && !findOwner(scope, row).isPlaced)
        set({ like: like.includes(row) ? like.filter((one) => one !== row) : [...like, row], right: true });
      else openRow(row);
    },
    [order, openRow, scope, set, store],
  );
  const { select, onSelect } = useSelecting({
    store,
    order,
    before: selectionMask,
    shown,
    found: foundMask,
    filters,
    plots,
  });
  const marked = useMemo(
    () =>
      order === undefined
        ? []
        : [...similar, ...state.like, ...(state.row === undefined ? [] : [state.row])]
            .filter((row) => row < order.count)
            .map((row) => order.toPoint(row)),
    [order, similar, state.like, state.row],
  );
  // These points stand out, and all others step back: similar samples with their query, else the samples that
  // the search found, else the selection.
  const emphasized = useMemo(
    () =>
      state.like.length > 0 && similar.length > 0 && marked.length > 0
        ? toMask(marked, total)
        : foundMask !== undefined
          ? within
          : selected,
    [state.like, similar, marked, foundMask, within, selected, total],
  );
  const marks = useRef(marked);
  useEffect(() => {
    marks.current = marked;
  }, [marked]);
  const onHover = useCallback(
    (point: number) => {
      if (point >= 0) setPointed(true);
      for (const plot of plots) plot?.setMarked(point < 0 ? marks.current : [...marks.current, point]);
    },
    [plots, setPointed],
  );
  useLinkedCameras(plots, state.linked && state.beside !== undefined);
  const step = useLossSteps({
    columns: points.columns,
    order,
    row: state.row,
    shown: within,
    plot: plots[0],
    marks,
    onOpen: openRow,
  });
  const onMade = useCallback(
    (map: MapChoice, made: string) => {
      set({ map, made, placed: '', camera: undefined });
      onChanged();
    },
    [set, onChanged],
  );
  const baseId = base?.id ?? '';
  // Placed samples are distinguished at once; without them the map returns to the losses.
  const onPlaced = useCallback(
    (placed: string) => {
      set({
        map: choice,
        made: baseId,
        placed,
        beside: undefined,
        selection: '',
        row: undefined,
        like: [],
        ...(placed !== '' ? { color: 'origin' } : store.state.color === 'origin' ? { color: 'loss' } : {}),
        scale: undefined,
      });
    },
    [set, store, choice, baseId],
  );
  const toggle = useViewActions({
    store,
    plots,
    runId: run.id,
    choice,
    available,
    hasBeside: !isPlaced,
    setMode,
    onPlay: play.toggle,
    onStep: step,
    onUnselect: () => {
      select(undefined);
    },
    onClose: () => {
      openRow(undefined);
    },
  });
  return {
    mode,
    setMode,
    plots,
    setPlots,
    similar,
    setSimilar,
    setFilters,
    openRow,
    onClick,
    select,
    onSelect,
    marked,
    emphasized,
    onHover,
    onMade,
    onPlaced,
    toggle,
  };
}
