import { value as numberText } from '../../numbers.js';
import { linearTicks } from '../axis.js';
import type { ChartAxis, ChartMark } from '../chart.js';
import type { ChartLook, DrawingInput } from './drawing.js';

const TITLE_SIZE = 12;

const axisStyle = ({ text, line, font }: ChartLook) => ({
  nameLocation: 'middle',
  nameTextStyle: { color: text, fontSize: TITLE_SIZE, fontFamily: font },
  axisLabel: { color: text, fontSize: TITLE_SIZE, fontFamily: font, hideOverlap: true },
  axisLine: { lineStyle: { color: line } },
  axisTick: { lineStyle: { color: line } },
  splitLine: { lineStyle: { color: line, opacity: 0.55 } },
});

/** An axis of numbers; from `range`, or from the numbers with 0 where `fromZero`. `limits` need the data. */
export function numberAxis(
  axis: ChartAxis,
  look: ChartLook,
  gap: number,
  { fromZero = false, data = [] }: { fromZero?: boolean; data?: readonly ChartMark[] } = {},
) {
  const style = axisStyle(look);
  return {
    type: 'value',
    name: axis.title,
    nameGap: gap,
    ...style,
    scale: !fromZero,
    ...(axis.limits && data.length > 0 && limitEnds(axis.limits, data, fromZero)),
    ...(axis.range && { min: axis.range[0], max: axis.range[1] }),
    axisLabel: { ...style.axisLabel, formatter: (value: number) => (axis.format ?? numberText)(value) },
  };
}

/** The ends of an axis at round numbers around the marks and their intervals, and within limits. */
function limitEnds(
  [lowest, highest]: readonly [number, number],
  data: readonly ChartMark[],
  fromZero: boolean,
) {
  const ends = data
    .flatMap(({ value, interval }) => [value, interval?.low ?? value, interval?.high ?? value])
    .filter(Number.isFinite);
  if (ends.length === 0) return {};
  const low = Math.min(...ends, ...(fromZero ? [0] : []));
  const high = Math.max(...ends, low + (highest - lowest) / 100);
  const [first = low, second = high] = linearTicks(low, high, { most: 5 });
  const interval = second - first;
  return {
    interval,
    min: Math.max(lowest, Math.floor(low / interval + 1e-9) * interval),
    max: Math.min(highest, Math.ceil(high / interval - 1e-9) * interval),
  };
}

/** Pixels along x below which a name is left out instead of cut. */
const NAME_WIDTH = 34;

/** Pixels along x that a bin of numbers needs on two lines. */
const BIN_WIDTH = 66;
const BIN = /^([-\d.e+]+) (to [-\d.e+]+)$/;
const isBinned = (names: readonly string[]): boolean => names.some((name) => BIN.test(name));

/** Pixels below the x axis: more where names are bins, which have two lines. */
export const groupRoom = (names: readonly string[]): { readonly gap: number; readonly bottom: number } =>
  isBinned(names) ? { gap: 42, bottom: 60 } : { gap: 28, bottom: 46 };

/** An axis of named groups on `width` pixels; `isFromTop` is a y axis. Long names are cut, bins along x wrapped. */
export function groupAxis(
  title: string,
  names: readonly string[],
  look: ChartLook,
  { gap, isFromTop = false, width }: { gap: number; isFromTop?: boolean; width: number },
) {
  const style = axisStyle(look);
  const own = width / names.length;
  const isShort = names.every((name) => name.length <= 3);
  const wraps = !isFromTop && isBinned(names);
  const showsAll = own >= (isFromTop ? 15 : isShort ? 22 : wraps ? BIN_WIDTH : NAME_WIDTH);
  return {
    type: 'category',
    data: [...names],
    name: title,
    nameGap: gap,
    ...style,
    inverse: isFromTop,
    splitLine: { show: false },
    axisTick: { show: false },
    axisLabel: {
      ...style.axisLabel,
      width: isFromTop ? gap - 8 : Math.max(own - 6, BIN_WIDTH * Number(!showsAll), 18),
      ...(wraps && {
        lineHeight: 15,
        showMinLabel: true,
        showMaxLabel: true,
        formatter: (name: string) => name.replace(BIN, '$1\n$2'),
      }),
      overflow: 'truncate',
      ...(showsAll && { interval: 0, hideOverlap: false }),
    },
  };
}

const [LEFT, RIGHT] = [62, 16];

/** The frame of the axes: room for their labels and titles. */
export const grid = (left = LEFT, bottom = 46) => ({
  ...{ left, right: RIGHT, top: 12, bottom, containLabel: false },
});

/** Pixels between the ends of the x axis of a chart. */
export const plotWidth = (width: number): number => width - LEFT - RIGHT;

/** Pixels that names next to the y axis need. */
export const namesWidth = (names: readonly string[]): number =>
  Math.min(110, 12 + 7 * Math.max(1, ...names.map((name) => name.length)));

/** Options that all charts share. */
export const base = ({ look }: DrawingInput) => ({
  animation: false,
  textStyle: { fontFamily: look.font, color: look.text },
});

/** The line value = x. */
export const diagonal = ({ spec, look }: DrawingInput) =>
  spec.hasDiagonal !== true
    ? []
    : [
        {
          type: 'line',
          silent: true,
          showSymbol: false,
          lineStyle: { color: look.text, type: 'dashed', width: 1, opacity: 0.7 },
          data: [spec.x.range, spec.value.range].every((range) => range !== undefined)
            ? [
                [spec.x.range![0], spec.x.range![0]],
                [spec.x.range![1], spec.x.range![1]],
              ]
            : [],
        },
      ];
