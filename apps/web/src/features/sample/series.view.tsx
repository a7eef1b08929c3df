import { Checkbox, Group, Text, useComputedColorScheme } from '@mantine/core';
import { axisPosition, type SeriesAxis } from '@noema/integration/visuals';
import { useState } from 'react';
import { categoryColor, toCss } from '../../parts/scales/scales.js';
import { value } from '../../parts/numbers.js';
import styles from './series.module.css';
import { axisText, axisTicks } from './series-axis.js';

const WIDTH = 600;
/** Columns of a heat map under a line, at most. */
const COLUMNS = 400;
const MIN_ROW_HEIGHT = 44;

interface Props {
  series: Readonly<Record<string, readonly number[]>>;
  axis?: SeriesAxis | undefined;
  height: number;
  /** CSS color behind a step of a line, each line on its own then; absent without a heat map. */
  heat?: ((line: number, step: number) => string) | undefined;
}

/** Named lines over a common axis, with their least and greatest value; together, or each on its own scale. */
export function SeriesView({ series, axis, height, heat }: Props) {
  const [isApart, setApart] = useState(false);
  const names = Object.keys(series);
  const steps = Math.max(0, ...Object.values(series).map((values) => values.length));
  if (!Object.values(series).some((values) => values.some(Number.isFinite)))
    return (
      <Text size="sm" c="dimmed">
        The series have no values.
      </Text>
    );
  const rows = isApart || heat !== undefined ? names.map((name) => [name]) : [names];
  return (
    <div>
      {rows.map((row) => (
        <LinesView
          key={row.join('\n')}
          names={row}
          all={names}
          series={series}
          axis={axis}
          heat={heat}
          steps={steps}
          height={Math.max(MIN_ROW_HEIGHT, height / rows.length)}
        />
      ))}
      <div className={styles.ticks} aria-hidden>
        {axisTicks(axis, steps).map(({ share, text }) => (
          <span key={share} style={{ left: `${100 * share}%` }}>
            {text}
          </span>
        ))}
      </div>
      {names.length > 1 && heat === undefined && (
        <Checkbox
          mt={6}
          size="xs"
          label="Each line on its own scale"
          checked={isApart}
          onChange={({ currentTarget }) => {
            setApart(currentTarget.checked);
          }}
        />
      )}
    </div>
  );
}

/** Lines on one scale, and their names. */
function LinesView({
  names,
  all,
  series,
  axis,
  heat,
  steps,
  height,
}: Props & { names: readonly string[]; all: readonly string[]; steps: number }) {
  const ground = useComputedColorScheme('light');
  const finite = names.flatMap((name) => (series[name] ?? []).filter(Number.isFinite));
  const [low, high] = finite.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [Infinity, -Infinity]);
  const place = { low, high, height, steps, axis };
  const end = steps === 0 ? '' : `, ${axisText(axis, 0)} to ${axisText(axis, steps - 1)}`;
  return (
    <div className={styles.row}>
      <svg
        viewBox={`0 0 ${WIDTH} ${height}`}
        width="100%"
        height={height}
        preserveAspectRatio="none"
        role="img"
        aria-label={`Lines ${names.join(', ')} from ${value(low)} to ${value(high)}${end}`}
      >
        {heat !== undefined &&
          names.map((name) => (
            <HeatColumns
              key={name}
              color={(step) => heat(all.indexOf(name), step)}
              {...{ steps, height, axis }}
            />
          ))}
        {names.map((name) => (
          <polyline
            key={name}
            points={formatPoints(series[name] ?? [], place)}
            fill="none"
            stroke={heat === undefined ? toCss(categoryColor(all.indexOf(name), ground)) : 'currentColor'}
            strokeWidth={1.5}
            vectorEffect="non-scaling-stroke"
          />
        ))}
      </svg>
      <Group gap="md" mt={2}>
        {names.map((name) => (
          <Text key={name} size="xs" data-verbatim>
            {heat === undefined && (
              <span
                aria-hidden
                className={styles.swatch}
                style={{ background: toCss(categoryColor(all.indexOf(name), ground)) }}
              />
            )}
            {name}
          </Text>
        ))}
        {finite.length > 0 && (
          <Text size="xs" c="dimmed">
            {value(low)} to {value(high)}
          </Text>
        )}
      </Group>
    </div>
  );
}

/** The heat of a line, from the middle before a step to the middle behind it. */
function HeatColumns({
  color,
  steps,
  height,
  axis,
}: {
  color: (step: number) => string;
  steps: number;
  height: number;
  axis: SeriesAxis | undefined;
}) {
  const stride = Math.max(1, Math.ceil(steps / COLUMNS));
  const edge = (step: number): number =>
    (findX(Math.max(0, step - stride), steps, axis) + findX(Math.min(steps - 1, step), steps, axis)) / 2;
  return Array.from({ length: Math.ceil(steps / stride) }, (_, column) => {
    const [from, to] = [edge(column * stride), edge((column + 1) * stride)];
    return (
      <rect
        key={column}
        x={from}
        width={Math.max(0, to - from)}
        y={0}
        height={height}
        fill={color(column * stride)}
      />
    );
  });
}

interface Place {
  readonly low: number;
  readonly high: number;
  readonly height: number;
  readonly steps: number;
  readonly axis: SeriesAxis | undefined;
}

function findX(step: number, steps: number, axis: SeriesAxis | undefined): number {
  const [first, last] = [axisPosition(axis, 0), axisPosition(axis, steps - 1)];
  return last === first ? 0 : (WIDTH * (axisPosition(axis, step) - first)) / (last - first);
}

function formatPoints(values: readonly number[], { low, high, height, steps, axis }: Place): string {
  const span = high - low || 1;
  return values
    .map((v, at) =>
      Number.isFinite(v) ? `${findX(at, steps, axis)},${4 + (height - 8) * (1 - (v - low) / span)}` : '',
    )
    .join(' ');
}
