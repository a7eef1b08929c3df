import { useComputedColorScheme } from '@mantine/core';
import { useMemo, useState } from 'react';
import { useClassOrder } from '../../../features/runs/class-order.query.js';
import { isOfClasses } from '../encoding/color-encoding.js';
import { useColorSettings } from '../encoding/encoded-points.query.js';
import { isChange } from '../points/column.js';
import { listColumns, selectFirstColumns, shownColor, shownSize } from '../points/column-catalog.js';
import { useFreshSlices } from '../points/slice-column.query.js';
import { describeBoth, type EvaluatingRun, evaluatedBy } from '../points/placed-rows.js';
import type { PopulationState } from '../state/population.state.js';
import type { ChosenMaps } from './chosen-maps.state.js';
import type { PopulationProps } from './population-props.js';

/** Points up to which predictions are loaded ahead. */
const PREDICTIONS_UP_TO = 200_000;
const GROUNDS = {
  light: { background: '#fcfcfd', ink: '#1b1e2a' },
  dark: { background: '#13151e', ink: '#d8dbe4' },
} as const;

/** The columns that there are, and how they color, size and filter the points. */
export function useLooks(
  { run, version, history }: PopulationProps,
  state: PopulationState,
  { isPlaced, other, versions }: ChosenMaps,
) {
  useFreshSlices(version.id);
  const scheme = useComputedColorScheme('light');
  const [opened, setOpened] = useState<readonly string[]>([]);
  // The predictions of a very large population load when the pointer first meets a dot: a million dots must
  // be visible after 12 MB.
  const [isPointed, setPointed] = useState(version.sampleCount <= PREDICTIONS_UP_TO);
  const { task, noLossReason } = run;
  // A run that goes on is read again and again; only other outputs make other columns.
  const outputs = JSON.stringify(run.objectives.map(({ output, task: own }) => ({ output, task: own })));
  const changes = versions.state === 'ready' ? versions.columns : undefined;
  const own = useMemo(
    () => ({
      ...evaluatedBy(version, {
        ...{ task, noLossReason },
        objectives: JSON.parse(outputs) as EvaluatingRun['objectives'],
      }),
      ...(changes === undefined ? {} : { changes }),
    }),
    [version, task, noLossReason, outputs, changes],
  );
  const described = useMemo(() => (isPlaced ? describeBoth(own, other) : own), [isPlaced, own, other]);
  const options = useMemo(() => listColumns(described), [described]);
  const known = useMemo(() => new Set(options.map(({ name }) => name)), [options]);
  const color = shownColor(state.color, known);
  // Until both versions have loaded, no dot has a color or a size that it will not keep.
  const areComing = versions.state === 'loading';
  const size = areComing && isChange(state.size) ? 'none' : shownSize(state.size, known);
  const filters = useMemo(
    () => state.filters.filter((filter) => filter.kind === 'rows' || known.has(filter.column)),
    [state.filters, known],
  );
  const looked = useMemo(() => [color, size], [color, size]);
  const classColors = useClassOrder(
    run.id,
    history[0]?.epoch,
    version.classNames.length,
    isOfClasses(color) || opened.some(isOfClasses) || filters.some((filter) => isOfClasses(filter.column)),
  );
  // No class is shown in a color that it will not keep.
  const isUncolored = (isOfClasses(color) && classColors.isComing) || (areComing && isChange(state.color));
  const looks = useMemo(() => ({ color: isUncolored ? 'none' : color, size }), [isUncolored, color, size]);
  const settings = useColorSettings({ ...state, color }, scheme, classColors.order);
  const hasClasses = described.classNames.length > 0;
  const more = useMemo(
    () =>
      [
        ...new Set([
          'loss',
          ...(hasClasses ? ['true_class'] : []),
          ...(hasClasses && isPointed ? ['predicted_class'] : []),
          ...filters.map((f) => f.column),
          ...opened,
        ]),
      ].filter((name) => known.has(name)),
    [hasClasses, isPointed, filters, opened, known],
  );
  const firstColumns = useMemo(() => selectFirstColumns(described, looks), [described, looks]);
  return {
    ground: GROUNDS[scheme],
    setOpened,
    setPointed,
    described,
    options,
    known,
    color,
    size,
    filters,
    looked,
    looks,
    settings,
    hasClasses,
    more,
    firstColumns,
  };
}

export type LooksOfView = ReturnType<typeof useLooks>;
