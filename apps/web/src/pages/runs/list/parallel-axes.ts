import { linearTicks, logTicks } from '../../../parts/charts/axis.js';
import { duration, metricTick, value as numberText } from '../../../parts/numbers.js';
import type { RunRow } from '../../../features/runs/run-row.js';
import { type RunColumn, settingText } from './run-columns.js';

/** Values of a setting above which it is no axis of names. */
const MAX_NAMES = 24;
/** Ratio of the ends from which an axis is logarithmic. */
const LOG_RATIO = 100;

/** A column of the runs as an axis; a place on it is 0 at the bottom and 1 at the top. */
export interface RunAxis {
  readonly key: string;
  readonly title: string;
  /** The values of an axis of names, from the bottom up; undefined for an axis of numbers. */
  readonly names: readonly string[] | undefined;
  readonly low: number;
  readonly high: number;
  /** The value of a run as a number: that of a name is its position; undefined without one. */
  readonly read: (row: RunRow) => number | undefined;
  readonly place: (value: number) => number;
  /** The value at a place; of names the nearest. */
  readonly valueAt: (place: number) => number;
  readonly ticks: readonly number[];
  readonly format: (value: number) => string;
}

/** The columns that can be axes: with two values or more, and of texts at most 24. */
export function runAxes(
  rows: readonly RunRow[],
  columns: readonly RunColumn[],
  metric: string | undefined,
): RunAxis[] {
  return columns.flatMap((column) => {
    const values = rows.map(column.read).filter((value) => value !== undefined);
    const numbers = values.filter((value) => typeof value === 'number' && Number.isFinite(value)) as number[];
    if (numbers.length > 0 && values.every((value) => typeof value === 'number'))
      return numberAxis(column, numbers, metric);
    const names = [...new Set(values.map(settingText))].toSorted((a, b) =>
      a.localeCompare(b, 'en', { numeric: true }),
    );
    return names.length < 2 || names.length > MAX_NAMES ? [] : [nameAxis(column, names)];
  });
}

function numberAxis({ key, title, read }: RunColumn, numbers: readonly number[], metric?: string): RunAxis[] {
  const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
  if (low === high) return [];
  const isLog = low > 0 && high / low >= LOG_RATIO;
  const [to, from] = isLog ? [Math.log, Math.exp] : [(x: number) => x, (x: number) => x];
  const span = to(high) - to(low);
  // Numbers far from 0 differ only in later digits.
  const digits = Math.min(15, 4 + Math.max(0, Math.floor(Math.log10(Math.max(-low, high) / (high - low)))));
  return [
    {
      key,
      title,
      names: undefined,
      low,
      high,
      read: (row) => {
        const value = read(row);
        return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
      },
      // An address may have numbers outside of the axis, which are drawn at its ends.
      place: (value) => (value <= low ? 0 : value >= high ? 1 : (to(value) - to(low)) / span),
      // The ends are exact, so that their own runs stay.
      valueAt: (place) =>
        place <= 0 ? low : place >= 1 ? high : Number(from(to(low) + place * span).toPrecision(digits)),
      ticks: isLog
        ? logTicks(low, high)
        : linearTicks(low, high, { most: 5, whole: numbers.every(Number.isInteger) }),
      format: (value) =>
        key === 'metric'
          ? metricTick(metric ?? '', value)
          : key === 'duration'
            ? duration(value)
            : numberText(value),
    },
  ];
}

function nameAxis({ key, title, read }: RunColumn, names: readonly string[]): RunAxis {
  const last = names.length - 1;
  return {
    key,
    title,
    names,
    low: 0,
    high: last,
    read: (row) => {
      const value = read(row);
      return value === undefined ? undefined : names.indexOf(settingText(value));
    },
    place: (value) => value / last,
    valueAt: (place) => Math.round(Math.min(1, Math.max(0, place)) * last),
    ticks: [...names.keys()],
    format: (value) => names[value] ?? '–',
  };
}

/** A run in words: its name and its value on each axis. */
export const speakRun = (row: RunRow, axes: readonly RunAxis[]): string =>
  [
    row.run.displayName,
    ...axes.map((axis) => {
      const value = axis.read(row);
      return `${axis.title}: ${value === undefined ? 'not set' : axis.format(value)}`;
    }),
  ].join(', ');
