import { DomainError } from '@noema/kernel/domain-error';
import { sortedRows } from '@noema/kernel/sorted-rows';
import { shortNumber } from '../short-number.js';
import type { Axis } from '../grammar/expression.js';
import { type Column, findColumn, type Frame, FRAME_FIELDS, UNKNOWN } from './frame.js';

/** One group of samples by a field. */
export interface Level {
  readonly name: string;
  /** Ends of a bin, both included; undefined for a single value. */
  readonly low?: number;
  readonly high?: number;
  /** Position among the groups of its field. */
  readonly at?: number;
}

/** The group of each row: a position in `levels`, −1 for a row without a value. */
export interface Levels {
  readonly codes: Int32Array;
  readonly levels: readonly Level[];
}

/** Largest number of groups of a field. */
export const MAX_LEVELS = 1000;

/**
 * Divides the rows of a frame by a field. Bins hold the same number of rows of the whole population, so that they
 * stay where they are when a filter changes; equal values share a bin. Throws `invalid` FIELD_UNKNOWN,
 * FIELD_NOT_NUMERIC, TOO_MANY_GROUPS.
 */
export function findLevels(frame: Frame, { field, bins }: Axis): Levels {
  const constant = FRAME_FIELDS.find((name) => name === field && !frame.columns.has(name));
  if (constant !== undefined)
    return { codes: new Int32Array(frame.rows), levels: [{ name: String(frame[constant]) }] };
  const column = findColumn(frame, field);
  if (bins !== undefined) return quantileBins(numbers(column, field), bins);
  switch (column.kind) {
    case 'text':
      if (column.names.length > MAX_LEVELS) throw tooMany(field, column.names.length);
      return { codes: column.codes, levels: column.names.map((name) => ({ name })) };
    case 'boolean':
      return {
        codes: Int32Array.from(column.values, (value) => (value === UNKNOWN ? -1 : value)),
        levels: [{ name: 'false' }, { name: 'true' }],
      };
    case 'number':
      return distinctNumbers(column.values, field);
  }
}

const tooMany = (field: string, count: number): DomainError =>
  new DomainError(
    'invalid',
    'TOO_MANY_GROUPS',
    `"${field}" has ${count} or more values, ${MAX_LEVELS} are allowed; write ${field}@10 for ten bins of numbers`,
    { metadata: { field } },
  );

function numbers(column: Column, field: string): Float32Array | Float64Array {
  if (column.kind === 'number') return column.values;
  throw new DomainError(
    'invalid',
    'FIELD_NOT_NUMERIC',
    `"${field}" is a ${column.kind} and has no bins; leave out @`,
    { metadata: { field } },
  );
}

function distinctNumbers(values: Float32Array | Float64Array, field: string): Levels {
  const found = new Map<number, number>();
  for (const value of values) {
    if (Number.isNaN(value) || found.has(value)) continue;
    if (found.size >= MAX_LEVELS) throw tooMany(field, MAX_LEVELS + 1);
    found.set(value, 0);
  }
  const rising = [...found.keys()].sort((a, b) => a - b);
  rising.forEach((value, level) => found.set(value, level));
  return {
    codes: Int32Array.from(values, (value) => found.get(value) ?? -1),
    levels: rising.map((value) => ({ name: String(value) })),
  };
}

function quantileBins(values: Float32Array | Float64Array, bins: number): Levels {
  const codes = new Int32Array(values.length).fill(-1);
  const known = values.map((value) => (Number.isFinite(value) ? value : Infinity));
  const order = sortedRows(known);
  let n = order.length;
  while (n > 0 && known[order[n - 1]!] === Infinity) n--;
  const levels: { name: string; low: number; high: number }[] = [];
  for (let i = 0; i < n; ) {
    // A bin ends behind its share of the rows, and behind the last row with the same value.
    const bin = Math.floor((i * bins) / n);
    let end = Math.max(i + 1, Math.ceil(((bin + 1) * n) / bins));
    while (end < n && known[order[end]!] === known[order[end - 1]!]) end++;
    const [low, high] = [known[order[i]!]!, known[order[end - 1]!]!];
    for (; i < end; i++) codes[order[i]!] = levels.length;
    levels.push({
      name: low === high ? shortNumber(low) : `${shortNumber(low)} to ${shortNumber(high)}`,
      low,
      high,
    });
  }
  return { codes, levels };
}
