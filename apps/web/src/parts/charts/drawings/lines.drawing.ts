import { isNumeric, listGroups, listSeries } from '../chart.js';
import { base, diagonal, grid, groupAxis, groupRoom, plotWidth, numberAxis } from './axes.js';
import type { DrawChart, DrawingInput } from './drawing.js';

/** Points up to which a line shows each of them. */
const DOTTED = 60;

function draw(input: DrawingInput, style: 'line' | 'area' | 'scatter') {
  const { spec, data, look, color } = input;
  const isNumber = isNumeric(data);
  const groups = isNumber ? [] : listGroups(data, spec.x.order);
  const at = (mark: number): number =>
    isNumber ? Number(data[mark]!.x) : groups.indexOf(String(data[mark]!.x));
  const lines = listSeries(data).map((name) => {
    const marks = [...data.keys()].filter((mark) => (data[mark]!.series ?? '') === name);
    if (isNumber && style !== 'scatter' && spec.kind !== 'curve') marks.sort((a, b) => at(a) - at(b));
    return { name, marks };
  });
  const items = (marks: readonly number[]) =>
    marks.map((mark) => ({ value: [at(mark), data[mark]!.value], mark }));
  const drawn = lines.map(({ name, marks }) =>
    style === 'scatter'
      ? {
          type: 'scatter',
          symbolSize: marks.length > 500 ? 4 : 6,
          itemStyle: { color: color(name), opacity: marks.length > 200 ? 0.55 : 0.85 },
          data: items(marks),
        }
      : {
          type: 'line',
          symbol: 'circle',
          symbolSize: 5,
          showSymbol: marks.length <= DOTTED,
          itemStyle: { color: color(name) },
          lineStyle: { color: color(name), width: 1.8 },
          ...(style === 'area' && { areaStyle: { color: color(name), opacity: 0.22 } }),
          data: items(marks),
        },
  );
  const { gap, bottom } = groupRoom(groups);
  return {
    option: {
      ...base(input),
      grid: grid(undefined, isNumber ? undefined : bottom),
      xAxis: isNumber
        ? numberAxis(spec.x, look, 28)
        : groupAxis(spec.x.title, groups, look, { gap, width: plotWidth(input.width) }),
      yAxis: numberAxis(spec.value, look, 46, { fromZero: style === 'area', data }),
      series: [
        ...diagonal(input),
        ...lines.flatMap(({ name, marks }) => band(marks, name, input, at)),
        ...drawn,
      ],
    },
    place: (mark: number) => ({ x: at(mark), y: data[mark]!.value }),
    picksNearest: true,
  };
}

interface Coordinates {
  readonly coord: (point: readonly [number, number]) => readonly [number, number];
}

/** The intervals of a line as a band; nothing where a mark has no interval. */
function band(
  marks: readonly number[],
  name: string,
  { data, color }: DrawingInput,
  at: (mark: number) => number,
) {
  const ends = marks.flatMap((mark) => {
    const { low, high } = data[mark]!.interval ?? { low: NaN, high: NaN };
    return Number.isFinite(low) && Number.isFinite(high) ? [{ x: at(mark), low, high }] : [];
  });
  if (ends.length === 0) return [];
  return [
    {
      type: 'custom',
      silent: true,
      clip: true,
      data: [ends.flatMap(({ x, low, high }) => [x, low, high])],
      encode: {
        x: ends.map((_, index) => 3 * index),
        y: ends.flatMap((_, index) => [3 * index + 1, 3 * index + 2]),
      },
      renderItem: (_: unknown, { coord }: Coordinates) => ({
        type: 'polygon',
        shape: {
          points: [
            ...ends.map(({ x, high }) => coord([x, high])),
            ...ends.map(({ x, low }) => coord([x, low])).reverse(),
          ],
        },
        style: { fill: color(name), opacity: 0.16 },
      }),
    },
  ];
}

export const drawLines: DrawChart = (input) => draw(input, 'line');
export const drawAreas: DrawChart = (input) => draw(input, 'area');
export const drawScatter: DrawChart = (input) => draw(input, 'scatter');
