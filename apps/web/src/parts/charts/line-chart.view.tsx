import { Box, Text } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { type KeyboardEvent, memo, type PointerEvent, useMemo, useState } from 'react';
import classes from './line-chart.module.css';
import { linePlot } from './line-plot.js';
import { findGaps, gapText, type LineSeries, listPlaces } from './line-series.js';
import { LineGridView } from './line-grid.view.js';
import { LineTooltipView } from './line-tooltip.view.js';

/** Content of a line chart. */
export interface LineChartProps {
  /** The subject of the chart, for screen readers. */
  readonly label: string;
  readonly series: readonly LineSeries[];
  /** The unit of the x axis: `epoch`. */
  readonly step: string;
  readonly log?: boolean;
  /** Last place of x that will come. */
  readonly lastX?: number | undefined;
  readonly height?: number;
  readonly format: (value: number | undefined) => string;
  /** How the marks of the y axis are written; as `format` when not given. */
  readonly formatTick?: (value: number) => string;
}

/**
 * Lines over steps with a crosshair that follows the pointer and the arrow keys; a value that is not finite is a
 * gap with a note.
 */
export const LineChartView = memo(function LineChartView({
  label,
  series,
  step,
  log = false,
  lastX,
  height = 240,
  format,
  formatTick = format,
}: LineChartProps) {
  const { ref, width } = useElementSize<HTMLDivElement>();
  const [place, setPlace] = useState<number>();
  const frame = useMemo(
    () => ({ width: Math.max(width, 120), height, left: 52, right: 14, top: 10, bottom: 28 }),
    [width, height],
  );
  const plot = useMemo(() => linePlot(series, frame, { log, lastX }), [series, frame, log, lastX]);
  const places = useMemo(() => listPlaces(series), [series]);
  const gaps = useMemo(() => findGaps(series), [series]);
  const shown = place !== undefined && places.includes(place) ? place : undefined;

  const point = (event: PointerEvent<SVGSVGElement>): void => {
    if (plot === undefined) return;
    const at = event.clientX - event.currentTarget.getBoundingClientRect().left;
    setPlace(
      places.reduce<number | undefined>(
        (best, x) =>
          best === undefined || Math.abs(plot.x.at(x) - at) < Math.abs(plot.x.at(best) - at) ? x : best,
        undefined,
      ),
    );
  };
  const move = (event: KeyboardEvent): void => {
    const now = shown === undefined ? -1 : places.indexOf(shown);
    const next = {
      ArrowRight: Math.min(places.length - 1, now + 1),
      ArrowLeft: now < 0 ? places.length - 1 : Math.max(0, now - 1),
      Home: 0,
      End: places.length - 1,
    }[event.key];
    if (event.key === 'Escape') setPlace(undefined);
    if (next === undefined) return;
    event.preventDefault();
    setPlace(places[next]);
  };

  return (
    <Box>
      <div ref={ref} className={classes.chart} style={{ height }}>
        {width > 0 && plot !== undefined && (
          <svg
            width={frame.width}
            height={height}
            role="application"
            tabIndex={0}
            aria-label={`${label}; the arrow keys move from ${step} to ${step}`}
            onPointerMove={point}
            onPointerDown={point}
            onPointerLeave={() => {
              setPlace(undefined);
            }}
            onKeyDown={move}
            onBlur={() => {
              setPlace(undefined);
            }}
          >
            <LineGridView plot={plot} frame={frame} format={formatTick} step={step} />
            {gaps.map(({ series: line, from }) => (
              <line
                key={line.key}
                x1={plot.x.at(from)}
                x2={plot.x.at(from)}
                y1={frame.top}
                y2={height - frame.bottom}
                stroke={line.color}
                strokeDasharray="2 3"
                opacity={0.8}
              />
            ))}
            {plot.lines.map(({ series: line, path, dots }) => (
              <g key={line.key} stroke={line.color} fill={line.color} opacity={line.opacity}>
                <path
                  d={path}
                  fill="none"
                  strokeWidth={line.width ?? 1.8}
                  strokeLinejoin="round"
                  strokeLinecap="round"
                  strokeDasharray={line.dash}
                />
                {dots.map(({ cx, cy }) => (
                  <circle key={cx} cx={cx} cy={cy} r={dots.length <= 12 ? 3 : 2.2} stroke="none" />
                ))}
              </g>
            ))}
            {shown !== undefined && (
              <line
                className={classes.cross}
                x1={plot.x.at(shown)}
                x2={plot.x.at(shown)}
                y1={frame.top}
                y2={height - frame.bottom}
              />
            )}
          </svg>
        )}
        {plot === undefined && (
          <Text size="sm" c="dimmed" className={classes.none}>
            {gaps.length > 0 ? 'There is no finite number to draw.' : 'There are no numbers yet.'}
          </Text>
        )}
        {plot !== undefined && shown !== undefined && (
          <LineTooltipView
            plot={plot}
            series={series}
            place={shown}
            step={step}
            format={format}
            width={frame.width}
          />
        )}
      </div>
      {gaps.map((gap) => (
        <Text key={gap.series.key} size="xs" c="red" role="note" mt={4}>
          {gapText(gap, step)}
        </Text>
      ))}
      {plot?.footed === true && (
        <Text size="xs" c="dimmed" role="note" mt={4}>
          Values of 0 and below lie at the foot of the logarithmic axis.
        </Text>
      )}
    </Box>
  );
});
