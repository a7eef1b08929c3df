import { DomainError } from '@noema/kernel/domain-error';
import type { Aggregate } from '../grammar/expression.js';
import type { Interval } from '../statistics/interval.js';
import { meanInterval } from '../statistics/mean.js';
import { wilsonInterval } from '../statistics/proportion.js';
import type { Levels } from './levels.js';

/** A number of the samples of one group. */
export interface GroupValue {
  /** Positions of the levels, one for each field. */
  readonly levels: readonly number[];
  /** Samples of the group that have the field of the aggregate. */
  readonly n: number;
  readonly value: number;
  /** Of a mean; undefined for other aggregates, which are exact for the samples. */
  readonly interval: Interval | undefined;
}

/** The input of one chart. */
export interface GroupQuery {
  /** The rows that count. */
  readonly rows: Uint32Array;
  readonly fields: readonly Levels[];
  readonly aggregate: Aggregate;
  /** The field of the aggregate for all rows, NaN where it has no value; undefined for `count()`. */
  readonly values: Float32Array | Float64Array | undefined;
  /** True if the values are 0 and 1 alone, whose mean is a proportion. */
  readonly isBoolean: boolean;
  readonly confidence: number;
}

/** Largest number of groups of one chart. */
export const MAX_GROUPS = 10_000;

/**
 * Computes an aggregate of the groups that have samples, in a pass for the groups and one for the numbers. Throws
 * `invalid` TOO_MANY_GROUPS.
 */
export function aggregateGroups(query: GroupQuery): GroupValue[] {
  const { fields, aggregate, isBoolean, confidence } = query;
  const size = fields.reduce((product, { levels }) => product * levels.length, 1);
  if (size > MAX_GROUPS)
    throw new DomainError(
      'invalid',
      'TOO_MANY_GROUPS',
      `the chart has ${size} groups, ${MAX_GROUPS} are allowed; use fewer bins or fields`,
    );
  const groups = groupRows(query.rows, fields);
  const { counts, sums, squares, lows, highs, origin } = sumGroups(query, groups, size);
  const found: GroupValue[] = [];
  for (let group = 0; group < size; group++) {
    const n = counts[group]!;
    if (n === 0) continue;
    const mean = origin + sums[group]! / n;
    const numbers = { count: n, mean, sum: origin * n + sums[group]!, min: lows[group]!, max: highs[group]! };
    const variance = Math.max(0, squares[group]! - (sums[group]! * sums[group]!) / n) / (n - 1);
    found.push({
      levels: unpack(group, fields),
      n,
      value: numbers[aggregate.name],
      interval:
        aggregate.name !== 'mean'
          ? undefined
          : isBoolean
            ? wilsonInterval(numbers.sum, n, confidence)
            : meanInterval({ n, mean, deviation: Math.sqrt(variance) }, confidence),
    });
  }
  return found;
}

/** The group of each counted row, −1 where a field has no value. */
function groupRows(rows: Uint32Array, fields: readonly Levels[]): Int32Array {
  const groups = new Int32Array(rows.length);
  for (const { codes, levels } of fields) {
    const width = levels.length;
    for (let i = 0; i < rows.length; i++) {
      const code = codes[rows[i]!]!;
      groups[i] = code < 0 || groups[i]! < 0 ? -1 : groups[i]! * width + code;
    }
  }
  return groups;
}

function sumGroups({ rows, values, isBoolean }: GroupQuery, groups: Int32Array, size: number) {
  const counts = new Float64Array(size);
  const sums = new Float64Array(size);
  const squares = new Float64Array(size);
  const lows = new Float64Array(size).fill(Infinity);
  const highs = new Float64Array(size).fill(-Infinity);
  if (values === undefined) {
    for (let i = 0; i < groups.length; i++) if (groups[i]! >= 0) counts[groups[i]!]!++;
    return { counts, sums, squares, lows, highs, origin: 0 };
  }
  // Sums around a value of the column lose no digits when all values are far from 0.
  const origin = isBoolean ? 0 : firstFinite(values);
  for (let i = 0; i < groups.length; i++) {
    const group = groups[i]!;
    const value = values[rows[i]!]!;
    // Also false for NaN.
    if (group < 0 || !(Math.abs(value) < Infinity)) continue;
    const distance = value - origin;
    counts[group]!++;
    sums[group]! += distance;
    squares[group]! += distance * distance;
    if (value < lows[group]!) lows[group] = value;
    if (value > highs[group]!) highs[group] = value;
  }
  return { counts, sums, squares, lows, highs, origin };
}

function firstFinite(values: Float32Array | Float64Array): number {
  for (const value of values) if (Number.isFinite(value)) return value;
  return 0;
}

function unpack(group: number, fields: readonly Levels[]): number[] {
  const positions: number[] = [];
  let rest = group;
  for (const { levels } of fields.toReversed()) {
    positions.unshift(rest % levels.length);
    rest = Math.floor(rest / levels.length);
  }
  return positions;
}
