import type { Interval } from '@noema/evaluation';
import { listGroups, listSeries } from '../chart.js';
import { base, diagonal, grid, groupAxis, groupRoom, plotWidth, numberAxis } from './axes.js';
import type { DrawChart, Drawing, DrawingInput } from './drawing.js';
import { type Rectangle, rectangleSeries } from './rectangles.js';

/** Share of the width of a group that its bars take. */
const BARS = 0.76;

/** Bars of groups with whiskers, series next to each other. */
export const drawBars: DrawChart = (input) => {
  const { spec, data, look, color } = input;
  const groups = listGroups(data, spec.x.order);
  const names = listSeries(data);
  const group = new Map(groups.map((name, index) => [name, index]));
  const shift = (series: string | undefined): number =>
    ((names.indexOf(series ?? '') + 0.5) / names.length - 0.5) * BARS;
  const { gap, bottom } = groupRoom(groups);
  const rectangles = data.map((mark, index): Rectangle => {
    const middle = group.get(String(mark.x))! + shift(mark.series);
    const half = (BARS / names.length / 2) * 0.94;
    return {
      x: [middle - half, middle + half],
      y: [Math.min(0, mark.value), Math.max(0, mark.value)],
      fill: color(mark.series ?? ''),
      mark: index,
      whisker: isFinite(mark.interval) ? { ...mark.interval, stroke: look.ink } : undefined,
    };
  });
  return {
    option: {
      ...base(input),
      grid: grid(undefined, bottom),
      xAxis: groupAxis(spec.x.title, groups, look, { gap, width: plotWidth(input.width) }),
      yAxis: numberAxis(spec.value, look, 46, { fromZero: true, data }),
      series: [rectangleSeries(rectangles, { x: true, y: false })],
    },
    place: (mark) => ({
      x: group.get(String(data[mark]!.x))!,
      y: data[mark]!.value,
      shift: shift(data[mark]!.series),
    }),
    picksNearest: false,
  };
};

const isFinite = (interval: Interval | undefined): interval is Interval =>
  interval !== undefined && Number.isFinite(interval.low) && Number.isFinite(interval.high);

/** Bins between their ends, series on top of each other. */
export const drawHistogram: DrawChart = (input) => {
  const { spec, data, look, color } = input;
  const bases = stack(input);
  const rectangles = data.map(
    (mark, index): Rectangle => ({
      x: [mark.low ?? Number(mark.x), mark.high ?? Number(mark.x)],
      y: [bases[index]!, bases[index]! + mark.value],
      fill: color(mark.series ?? ''),
      mark: index,
    }),
  );
  return {
    option: {
      ...base(input),
      grid: grid(),
      xAxis: { ...numberAxis(spec.x, look, 28), splitLine: { show: false } },
      yAxis: numberAxis(spec.value, look, 46, { fromZero: true, data }),
      series: [rectangleSeries(rectangles, { x: false, y: false }, 1), ...diagonal(input)],
    },
    place: (mark): ReturnType<Drawing['place']> => {
      const [low, high] = rectangles[mark]!.x;
      return { x: (low + high) / 2, y: rectangles[mark]!.y[1] };
    },
    picksNearest: false,
  };
};

/** Where the bar of each mark begins. */
function stack({ data }: DrawingInput): number[] {
  const tops = new Map<string | number, number>();
  return data.map(({ x, low, value }) => {
    const key = low ?? x;
    const start = tops.get(key) ?? 0;
    tops.set(key, start + value);
    return start;
  });
}
