import { Button, Text } from '@mantine/core';
import { useMemo } from 'react';
import { useNavigate } from 'react-router-dom';
import type { RunRow } from '../../../features/runs/run-row.js';
import { links } from '../../../parts/address/links.js';
import { counted } from '../../../parts/numbers.js';
import { SectionView } from '../../../parts/section.view.js';
import { runAxes } from './parallel-axes.js';
import { findBrush, putBrush } from './parallel-brush.js';
import { ParallelPlotView } from './parallel-plot.view.js';
import { readSettingColumn, type RunColumn } from './run-columns.js';
import type { RunListState } from './run-list.state.js';
import { plainName } from '../../../parts/plain-name.js';

/** Lines that are drawn. */
const MAX_LINES = 1_000;
const MAX_AXES = 12;
/** Columns next to settings that are axes. */
const NUMBERS = ['duration', 'loss', 'metric'];

/** The runs over parallel axes: the settings and numbers that the table shows, the metric last. */
export function RunAxesView({
  rows,
  shown,
  columns,
  metric,
  state,
  onChange,
}: {
  rows: readonly RunRow[];
  shown: readonly RunRow[];
  /** The columns of the table. */
  columns: readonly RunColumn[];
  metric: string | undefined;
  state: Pick<RunListState, 'ranges' | 'settings'>;
  onChange: (change: Partial<RunListState>) => void;
}) {
  const navigate = useNavigate();
  const drawn = useMemo(() => rows.slice(0, MAX_LINES), [rows]);
  const axes = useMemo(() => {
    const settings = columns.filter(({ key }) => readSettingColumn(key) !== undefined);
    const numbers = NUMBERS.flatMap((key) => columns.find((column) => column.key === key) ?? []);
    return runAxes(drawn, [...settings, ...numbers], metric).slice(-MAX_AXES);
  }, [columns, drawn, metric]);
  const brushes = useMemo(
    () =>
      new Map(
        axes.flatMap((axis) => {
          const brush = findBrush(axis, state);
          return brush === undefined ? [] : [[axis.key, brush] as const];
        }),
      ),
    [axes, state],
  );
  const shownRows = useMemo(() => new Set(shown), [shown]);
  const colored = axes.length < 2 || rows.length < 2 ? undefined : axes.at(-1)!;
  const hidden = state.ranges
    .filter(([key]) => colored === undefined || !brushes.has(key))
    .map(([key]) => (key === 'metric' ? (metric ?? key) : (readSettingColumn(key) ?? key)));
  if (colored === undefined && hidden.length === 0) return null;
  return (
    <SectionView
      title="Parallel axes"
      note={
        colored &&
        `colored by ${colored.title}` +
          (rows.length > MAX_LINES ? `; the first ${counted(MAX_LINES, 'run')} are drawn` : '')
      }
      actions={
        (brushes.size > 0 || hidden.length > 0) && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              onChange({ ...axes.reduce((now, axis) => putBrush(axis, undefined, now), state), ranges: [] });
            }}
          >
            Clear the axes
          </Button>
        )
      }
    >
      {hidden.length > 0 && (
        <Text size="xs" mb={4}>
          The table is filtered by columns that it does not show: {plainName(hidden.join(', '))}.
        </Text>
      )}
      {colored !== undefined && (
        <>
          <ParallelPlotView
            axes={axes}
            rows={drawn}
            shown={shownRows}
            colorBy={colored.key}
            brushes={brushes}
            onBrush={(axis, brush) => {
              onChange(putBrush(axis, brush, state));
            }}
            onOpen={({ run }) => {
              void navigate(links.run(run.projectId, run.id));
            }}
          />
          <Text size="xs" c="dimmed" mt={4}>
            Drag along an axis, or move its two ends with the arrow keys, to filter the table. The columns of
            the table are the axes.
          </Text>
        </>
      )}
    </SectionView>
  );
}
