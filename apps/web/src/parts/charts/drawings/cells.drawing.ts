import { continuousColor, CORRECTNESS, cssOf, lightnessOf, type Rgb, rgbOf } from '../../scales/scales.js';
import { value as numberText } from '../../numbers.js';
import { listGroups, listRows } from '../chart.js';
import { base, grid, groupAxis, groupRoom, namesWidth } from './axes.js';
import type { DrawChart, DrawingInput } from './drawing.js';
import { type Rectangle, rectangleSeries } from './rectangles.js';

/** Lightness from which on a text on a colour is dark. */
const LIGHT = 56;

function draw(
  input: DrawingInput,
  {
    rows,
    groups,
    fill,
    hidesZeros = false,
  }: {
    readonly rows: readonly string[];
    readonly groups: readonly string[];
    readonly fill: (mark: number) => Rgb;
    readonly hidesZeros?: boolean;
  },
) {
  const { spec, data, look } = input;
  const left = namesWidth(rows);
  const { gap: below, bottom } = groupRoom(groups);
  const group = new Map(groups.map((name, index) => [name, index]));
  const row = new Map(rows.map((name, index) => [name, index]));
  const place = (mark: number) => ({
    x: group.get(String(data[mark]!.x))!,
    y: row.get(data[mark]!.row ?? '')!,
  });
  const format = spec.value.format ?? numberText;
  const rectangles = data.map((mark, index): Rectangle => {
    const { x, y } = place(index);
    const color = fill(index);
    return {
      x: [x - 0.5, x + 0.5],
      y: [y + 0.5, y - 0.5],
      fill: cssOf(color),
      label: {
        text: hidesZeros && mark.value === 0 ? '' : format(mark.value),
        fill: lightnessOf(color) > LIGHT ? '#13151e' : '#ffffff',
      },
      mark: index,
    };
  });
  return {
    option: {
      ...base(input),
      grid: grid(left + 26, bottom),
      xAxis: groupAxis(spec.x.title, groups, look, { gap: below, width: input.width - left - 42 }),
      yAxis: groupAxis(spec.rowTitle ?? '', rows, look, {
        gap: left,
        isFromTop: true,
        width: input.height - 12 - bottom,
      }),
      series: [rectangleSeries(rectangles, { x: true, y: true }, groups.length > 40 ? 0 : 1)],
    },
    place,
    picksNearest: false,
  };
}

/** Cells coloured by their number. */
export const drawHeatMap: DrawChart = (input) => {
  const { data, look, spec } = input;
  const [low, high] = spec.value.range ?? findExtent(data.map(({ value }) => value));
  return draw(input, {
    rows: listRows(data),
    groups: listGroups(data, spec.x.order),
    fill: (mark) =>
      continuousColor('viridis', high === low ? 1 : (data[mark]!.value - low) / (high - low), look.ground),
  });
};

/** Smallest and largest number, without spreading a long list over the stack. */
export const findExtent = (values: readonly number[]): readonly [number, number] =>
  values.reduce<[number, number]>(
    ([low, high], value) => [Math.min(low, value), Math.max(high, value)],
    [Infinity, -Infinity],
  );

/**
 * A confusion matrix: correct cells and misclassified ones have colours of their own, each by its share of the
 * largest of them, so that few mistakes stand out next to many correct samples. Cells without samples stay empty.
 */
export const drawConfusion: DrawChart = (input) => {
  const { data, look, spec } = input;
  const isCorrect = (mark: number): boolean => data[mark]!.row === String(data[mark]!.x);
  const highest = (correct: boolean): number =>
    Math.max(1e-12, findExtent(data.flatMap(({ value }, i) => (isCorrect(i) === correct ? [value] : [])))[1]);
  const tops = { true: highest(true), false: highest(false) };
  const surface = rgbOf(look.surface);
  return draw(input, {
    rows: listRows(data),
    groups: listGroups(data, spec.x.order),
    hidesZeros: true,
    fill: (mark) => {
      const own = String(isCorrect(mark)) as 'true' | 'false';
      const share = Math.sqrt(Math.max(0, data[mark]!.value) / tops[own]);
      return mix(surface, rgbOf(CORRECTNESS[own]!), share === 0 ? 0 : 0.12 + 0.88 * share);
    },
  });
};

const mix = (from: Rgb, to: Rgb, share: number): Rgb => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
];
