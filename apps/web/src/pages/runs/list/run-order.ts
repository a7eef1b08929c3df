import { type Interval, meanInterval, type Moments } from '@noema/evaluation';
import type { RunRow } from '../../../features/runs/run-row.js';
import { type RunColumn, settingText } from './run-columns.js';
import type { RunListState, RunSort } from './run-list.state.js';

/** Runs that share the value of a setting. */
export interface RunGroup {
  /** The value; a dash for runs without the setting. */
  readonly value: string;
  readonly rows: readonly RunRow[];
  /** Mean of the metric over the runs that have it. */
  readonly mean: number | undefined;
  /** Number of runs in the mean. */
  readonly n: number;
  /** 95 % interval of the mean over runs; undefined for fewer than two. */
  readonly interval: Interval | undefined;
}

/** The rows that match the name, the states, the settings and the ranges of their columns. */
export function filterRuns(
  rows: readonly RunRow[],
  { text, states, settings, ranges }: Pick<RunListState, 'text' | 'states' | 'settings' | 'ranges'>,
  columns: readonly RunColumn[],
): RunRow[] {
  const wanted = text.trim().toLowerCase();
  // Several values of one setting mean any of them.
  const byName = groupBy(settings, ([name]) => name);
  return rows.filter(
    (row) =>
      row.run.displayName.toLowerCase().includes(wanted) &&
      (states.length === 0 || states.includes(row.state)) &&
      [...byName].every(([name, values]) =>
        values.some(([, value]) => settingText(row.settings.get(name)) === value),
      ) &&
      ranges.every(([key, low, high]) => {
        // No run has a value in a column that does not exist.
        const value = columns.find((column) => column.key === key)?.read(row);
        return typeof value === 'number' && value >= low && value <= high;
      }),
  );
}

/** The rows in order; rows without a value and values that are not finite come last in both directions. */
export function sortRuns(rows: readonly RunRow[], { falling }: RunSort, { read }: RunColumn): RunRow[] {
  const sign = falling ? -1 : 1;
  return rows.toSorted((a, b) => {
    const [first, second] = [read(a), read(b)];
    const [hasFirst, hasSecond] = [hasValue(first), hasValue(second)];
    if (!hasFirst || !hasSecond) return Number(hasSecond) - Number(hasFirst);
    return typeof first === 'number' && typeof second === 'number'
      ? sign * (first - second)
      : sign * String(first).localeCompare(String(second), 'en', { numeric: true });
  });
}

const hasValue = (value: unknown): boolean =>
  value !== undefined && (typeof value !== 'number' || Number.isFinite(value));

/** The rows by the value of a setting, the groups in the order of their first row. */
export function groupRuns(rows: readonly RunRow[], setting: string): RunGroup[] {
  return [...groupBy(rows, (row) => settingText(row.settings.get(setting)))].map(([value, own]) => {
    const numbers = own
      .flatMap(({ metric }) => metric?.value ?? [])
      .filter((number) => Number.isFinite(number));
    const n = numbers.length;
    const mean = n === 0 ? undefined : numbers.reduce((sum, number) => sum + number, 0) / n;
    const spread =
      mean === undefined ? 0 : numbers.reduce((sum, number) => sum + (number - mean) ** 2, 0) / (n - 1);
    return {
      value,
      rows: own,
      mean,
      n,
      interval:
        mean === undefined || n < 2
          ? undefined
          : meanOfRuns(
              { n, mean, deviation: Math.sqrt(spread) },
              own.some(({ metric }) => metric?.interval !== undefined),
            ),
    };
  });
}

/** The interval of a mean over runs; the mean of shares of samples stays between 0 and 1. */
function meanOfRuns(moments: Moments, isShare: boolean): Interval {
  const { low, high } = meanInterval(moments);
  return isShare ? { low: Math.max(0, low), high: Math.min(1, high) } : { low, high };
}

function groupBy<T>(items: readonly T[], toKey: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(toKey(item));
    if (group === undefined) groups.set(toKey(item), [item]);
    else group.push(item);
  }
  return groups;
}
