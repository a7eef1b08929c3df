import { DomainError } from '@noema/kernel/domain-error';
import { sortedRows } from '@noema/kernel/sorted-rows';
import { shortNumber } from '../short-number.js';
import type { Axis } from '../grammar/expression.js';
import { binAt, equalEdges } from '../reductions/histogram.js';
import { type Column, findColumn, type Frame, FRAME_FIELDS, UNKNOWN } from './frame.js';

/** One group of samples by a field. */
export interface Level {
  readonly name: string;
  /** Ends of a bin, both included; undefined for a single value. */
  readonly low?: number;
  readonly high?: number;
  /** Ends of a bin of a histogram, which touches the next one; `low` and `high` are the smallest and largest value. */
  readonly edges?: readonly [number, number];
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

/**
 * Divides the rows of a frame by a number for a histogram: bins of equal width, or each value on its own without
 * bins. Throws as `findLevels`.
 */
export function findHistogramLevels(frame: Frame, { field, bins }: Axis): Levels {
  const values = numbers(findColumn(frame, field), field, 'write bar instead of histogram');
  return bins === undefined ? distinctNumbers(values, field) : equalBins(values, bins);
}

const tooMany = (field: string, count: number): DomainError =>
  new DomainError(
    'invalid',
    'TOO_MANY_GROUPS',
    `"${field}" has ${count} or more values, ${MAX_LEVELS} are allowed; write ${field}@10 for ten bins of numbers`,
    { metadata: { field } },
  );

const numbers = (column: Column, field: string, remedy = 'leave out @'): Float32Array | Float64Array =>
  readNumbers(column, field, `has no bins; ${remedy}`);

/** Returns the numbers of a column, NaN for a row without one. Throws `invalid` FIELD_NOT_NUMERIC with the remedy. */
export function readNumbers(column: Column, field: string, remedy: string): Float32Array | Float64Array {
  if (column.kind === 'number') return column.values;
  throw new DomainError('invalid', 'FIELD_NOT_NUMERIC', `"${field}" is a ${column.kind} and ${remedy}`, {
    metadata: { field },
  });
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
    const low = known[order[i]!]!;
    const high = known[order[end - 1]!]!;
    for (; i < end; i++) codes[order[i]!] = levels.length;
    levels.push({
      name: low === high ? shortNumber(low) : `${shortNumber(low)} to ${shortNumber(high)}`,
      low,
      high,
    });
  }
  return { codes, levels };
}

function equalBins(values: Float32Array | Float64Array, bins: number): Levels {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return { codes: new Int32Array(values.length).fill(-1), levels: [] };
  // One value alone has one bin around it.
  const edges = equalEdges(low === high ? { low: low - 0.5, high: low + 0.5, bins: 1 } : { low, high, bins });
  const codes = Int32Array.from(values, (value) => (Number.isFinite(value) ? binAt(edges, value) : -1));
  const ends = Array.from({ length: edges.length - 1 }, () => ({ low: Infinity, high: -Infinity }));
  for (let row = 0; row < values.length; row++) {
    const own = ends[codes[row]!];
    if (own === undefined) continue;
    own.low = Math.min(own.low, values[row]!);
    own.high = Math.max(own.high, values[row]!);
  }
  return {
    codes,
    levels: ends.map((own, bin) => {
      const [from, to] = [edges[bin]!, edges[bin + 1]!];
      return { ...own, edges: [from, to], name: `${shortNumber(from)} to ${shortNumber(to)}` };
    }),
  };
}
