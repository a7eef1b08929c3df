import { type Axis, linearAxis, logAxis } from './axis.js';
import { computeExtent, type LineSeries } from './line-series.js';

/** Where the axes lie inside of the drawing, in pixels. */
export interface PlotFrame {
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

/** A chart, ready to be drawn. */
export interface LinePlot {
  readonly x: Axis;
  readonly y: Axis;
  readonly lines: readonly {
    readonly series: LineSeries;
    readonly path: string;
    readonly dots: readonly { readonly cx: number; readonly cy: number }[];
  }[];
  /** True when something at or below 0 lies at the foot of a logarithmic axis. */
  readonly footed: boolean;
}

/** A line has dots as long as it has no more points than this. */
const DOTS = 40;

/**
 * Lays lines out in a frame; undefined when no line has a finite number. `lastX` keeps room for what is still
 * to come.
 */
export function linePlot(
  series: readonly LineSeries[],
  frame: PlotFrame,
  { log = false, lastX }: { log?: boolean | undefined; lastX?: number | undefined } = {},
): LinePlot | undefined {
  const xs = computeExtent(series, ({ x }) => x);
  const ys = computeExtent(series, ({ y }) => y);
  if (xs === undefined || ys === undefined) return undefined;
  const right = Math.max(xs[1], lastX ?? xs[1]);
  const x = linearAxis(
    xs[0] === right ? [right - 0.5, right + 0.5] : [xs[0], right],
    [frame.left, frame.width - frame.right],
    { most: Math.max(2, Math.floor(frame.width / 70)), whole: true },
  );
  const pixels = [frame.height - frame.bottom, frame.top] as const;
  const most = Math.max(2, Math.floor(frame.height / 42));
  const positive = log && ys[1] > 0;
  const y = positive
    ? logAxis(logDomain(series, ys[1]), pixels, { most })
    : linearAxis(padded(ys), pixels, { most });
  return { x, y, lines: series.map((line) => drawn(line, x, y)), footed: positive && ys[0] < y.low };
}

function drawn(series: LineSeries, x: Axis, y: Axis): LinePlot['lines'][number] {
  const runs: { cx: number; cy: number }[][] = [[]];
  for (const point of series.points) {
    if (Number.isFinite(point.y)) runs.at(-1)!.push({ cx: round(x.at(point.x)), cy: round(y.at(point.y)) });
    else if (runs.at(-1)!.length > 0) runs.push([]);
  }
  const path = runs
    .map((run) => run.map(({ cx, cy }, i) => `${i === 0 ? 'M' : 'L'}${cx} ${cy}`).join(''))
    .join('');
  return {
    series,
    path,
    dots: series.points.length <= DOTS ? runs.flat() : runs.filter((run) => run.length === 1).flat(),
  };
}

function padded([low, high]: readonly [number, number]): [number, number] {
  const pad = (high - low || Math.abs(high) || 1) * 0.08;
  return [low >= 0 ? Math.max(0, low - pad) : low - pad, high + pad];
}

function logDomain(series: readonly LineSeries[], high: number): [number, number] {
  const low = computeExtent(series, ({ y }) => (y > 0 ? y : NaN))?.[0] ?? high;
  return low === high ? [high / 2, high * 2] : [low / 1.1, high * 1.1];
}

const round = (pixel: number): number => Math.round(pixel * 10) / 10;
