import { csvCell } from '../csv-cell.js';
import { count, value as numberText } from '../numbers.js';
import type { ChartMark, ChartSpec } from './chart.js';

/** The text of a mark. */
export interface MarkText {
  readonly name: string;
  readonly value: string;
  /** Interval, number of samples and further facts. */
  readonly facts: readonly string[];
}

const axisText = (spec: ChartSpec['x'], value: string | number): string =>
  typeof value === 'number' ? (spec.format ?? numberText)(value) : value;

/** Describes a mark with its value, interval and number of samples. */
export function describeMark(spec: ChartSpec, mark: ChartMark): MarkText {
  const format = spec.value.format ?? numberText;
  const { interval, low, high } = mark;
  const x =
    low !== undefined && high !== undefined
      ? `${axisText(spec.x, low)} to ${axisText(spec.x, high)}`
      : axisText(spec.x, mark.x);
  const names = [
    mark.series === undefined ? '' : `${spec.seriesTitle ?? ''} ${mark.series}`.trim(),
    mark.row === undefined ? '' : `${spec.rowTitle ?? 'row'} ${mark.row}`,
    x === '' ? '' : `${spec.x.title} ${x}`,
  ];
  return {
    name: names.filter((name) => name.trim() !== '').join(' · '),
    value: `${spec.value.title}: ${format(mark.value)}`,
    facts: [
      ...(interval === undefined || !Number.isFinite(interval.low + interval.high)
        ? []
        : [`${spec.confidence ?? 95}% interval: ${format(interval.low)} to ${format(interval.high)}`]),
      `n = ${count(mark.n)}`,
      ...(mark.notes ?? []),
    ],
  };
}

/** The marks as one line for a screen reader. */
export const speakMark = ({ name, value, facts }: MarkText): string => [name, value, ...facts].join(', ');

/** Columns of the table of a chart; a column that no mark has is left out. */
export function listColumns(spec: ChartSpec, data: readonly ChartMark[]) {
  const format = spec.value.format ?? numberText;
  const has = (name: keyof ChartMark): boolean => data.some((mark) => mark[name] !== undefined);
  const columns: readonly {
    readonly title: string;
    readonly isShown: boolean;
    readonly isNumber: boolean;
    readonly raw: (mark: ChartMark) => string | number;
    readonly text: (mark: ChartMark) => string;
  }[] = [
    text(spec.seriesTitle ?? 'series', has('series'), ({ series }) => series ?? ''),
    text(spec.rowTitle ?? 'row', has('row'), ({ row }) => row ?? ''),
    {
      title: spec.x.title,
      isShown: !has('low'),
      isNumber: data.every(({ x }) => typeof x === 'number'),
      raw: ({ x }) => x,
      text: ({ x }) => axisText(spec.x, x),
    },
    number('from', has('low'), ({ low }) => low, spec.x.format),
    number('to', has('low'), ({ high }) => high, spec.x.format),
    number(spec.value.title, true, ({ value }) => value, format),
    number('low', has('interval'), ({ interval }) => interval?.low, format),
    number('high', has('interval'), ({ interval }) => interval?.high, format),
    number('n', true, ({ n }) => n, count),
  ];
  return columns.filter(({ isShown }) => isShown);
}

const text = (title: string, isShown: boolean, read: (mark: ChartMark) => string) => ({
  title,
  isShown,
  isNumber: false,
  raw: read,
  text: read,
});

const number = (
  title: string,
  isShown: boolean,
  read: (mark: ChartMark) => number | undefined,
  format: (value: number) => string = numberText,
) => ({
  title,
  isShown,
  isNumber: true,
  raw: (mark: ChartMark) => read(mark) ?? '',
  text: (mark: ChartMark) => {
    const value = read(mark);
    return value === undefined ? '–' : format(value);
  },
});

/** The marks as CSV by RFC 4180, with all digits. */
export function toCsv(spec: ChartSpec, data: readonly ChartMark[]): string {
  const columns = listColumns(spec, data);
  const rows = data.map((mark) => columns.map(({ raw }) => csvCell(String(raw(mark)))));
  return `${[columns.map(({ title }) => csvCell(title)), ...rows].map((row) => row.join(',')).join('\r\n')}\r\n`;
}
