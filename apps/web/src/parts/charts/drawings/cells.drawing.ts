import {
  continuousColor,
  CORRECTNESS,
  toCss,
  computeLightness,
  type Rgb,
  parseHex,
} from '../../scales/scales.js';
import { value as numberText } from '../../numbers.js';
import { listGroups, listRows } from '../chart.js';
import { base, grid, groupAxis, groupRoom, namesWidth } from './axes.js';
import { type ColorScale, scaleSeries, scaleWidth } from './color-scale.js';
import type { DrawChart, DrawingInput } from './drawing.js';
import { type Rectangle, rectangleSeries } from './rectangles.js';

/** Numbers with two digits and with one, for cells that are too narrow for all of them. */
const SHORT = {
  number: [2, 1].map((digits) => formatShort({ notation: 'compact', maximumSignificantDigits: digits })),
  share: [2, 1].map((digits) => formatShort({ style: 'percent', maximumSignificantDigits: digits })),
} as const;
/** Lightness from which on a text on a colour is dark. */
const LIGHT = 56;

function draw(
  input: DrawingInput,
  {
    rows,
    groups,
    fill,
    hidesZeros = false,
    scale,
  }: {
    readonly rows: readonly string[];
    readonly groups: readonly string[];
    readonly fill: (mark: number) => Rgb;
    readonly hidesZeros?: boolean;
    /** Meaning of the colors, drawn to the right of the cells. */
    readonly scale?: ColorScale | undefined;
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
  const short = SHORT[spec.value.limits === undefined ? 'number' : 'share'];
  const room = grid(left + 26, bottom);
  const right = room.right + (scale === undefined ? 0 : scaleWidth(scale));
  const rectangles = data.map((mark, index): Rectangle => {
    const { x, y } = place(index);
    const color = fill(index);
    return {
      x: [x - 0.5, x + 0.5],
      y: [y + 0.5, y - 0.5],
      fill: toCss(color),
      label: {
        texts: hidesZeros && mark.value === 0 ? [] : [format, ...short].map((write) => write(mark.value)),
        fill: computeLightness(color) > LIGHT ? '#13151e' : '#ffffff',
      },
      mark: index,
    };
  });
  return {
    option: {
      ...base(input),
      grid: { ...room, right },
      xAxis: groupAxis(spec.x.title, groups, look, { gap: below, width: input.width - left - 26 - right }),
      yAxis: groupAxis(spec.rowTitle ?? '', rows, look, {
        gap: left,
        isFromTop: true,
        width: input.height - 12 - bottom,
      }),
      series: [
        rectangleSeries(rectangles, { x: true, y: true }, groups.length > 40 ? 0 : 1),
        ...(scale === undefined ? [] : [scaleSeries(scale, look)]),
      ],
    },
    place,
    picksNearest: false,
  };
}

/** Cells coloured by their number. */
export const drawHeatMap: DrawChart = (input) => {
  const { data, look, spec } = input;
  const format = spec.value.format ?? numberText;
  const toColor = (share: number): Rgb => continuousColor('viridis', share, look.ground);
  const [low, high] = spec.value.range ?? findExtent(data.map(({ value }) => value));
  return draw(input, {
    rows: listRows(data),
    groups: listGroups(data, spec.x.order),
    fill: (mark) => toColor(high === low ? 1 : (data[mark]!.value - low) / (high - low)),
    scale: high > low ? { low: format(low), high: format(high), toColor } : undefined,
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
  const surface = parseHex(look.surface);
  return draw(input, {
    rows: listRows(data),
    groups: listGroups(data, spec.x.order),
    hidesZeros: true,
    fill: (mark) => {
      const own = String(isCorrect(mark)) as 'true' | 'false';
      const share = Math.sqrt(Math.max(0, data[mark]!.value) / tops[own]);
      return mix(surface, parseHex(CORRECTNESS[own]!), share === 0 ? 0 : 0.12 + 0.88 * share);
    },
  });
};

const mix = (from: Rgb, to: Rgb, share: number): Rgb => [
  from[0] + (to[0] - from[0]) * share,
  from[1] + (to[1] - from[1]) * share,
  from[2] + (to[2] - from[2]) * share,
];

function formatShort(options: Intl.NumberFormatOptions): (value: number) => string {
  const format = new Intl.NumberFormat('en', options);
  return (value) => format.format(value).replace('-', '−');
}
