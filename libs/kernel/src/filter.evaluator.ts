import { setImmediate } from 'node:timers/promises';
import type { BoundComparator, BoundFilter } from './filter.binding.js';

export type FieldValue = string | number | boolean | Date | null | undefined;

/** Reads one field of a row. */
export type FieldReader = (row: number) => FieldValue;

type RowTest = (row: number) => boolean;

/** Time after which other work gets the event loop. */
const SLICE_MS = 5;
/** Rows between two looks at the clock. */
const CLOCK_ROWS = 64;

/**
 * One byte a row, 1 where the row meets the filter. Works in slices of a few milliseconds, between which the event loop serves others.
 * Rejects with the reason of the signal when it aborts.
 */
export async function meetingRows(filter: BoundFilter, rows: number, fields: (name: string) => FieldReader, signal?: AbortSignal): Promise<Uint8Array> {
  const mask = new Uint8Array(rows);
  const meets = rowTest(filter, fields);
  let sinceMs = performance.now();
  for (let row = 0; row < rows; row++) {
    if (row % CLOCK_ROWS === CLOCK_ROWS - 1 && performance.now() - sinceMs > SLICE_MS) {
      await setImmediate();
      signal?.throwIfAborted();
      sinceMs = performance.now();
    }
    if (meets(row)) mask[row] = 1;
  }
  return mask;
}

/** The filter as a test of rows. A field without a value (null, undefined, NaN) meets no comparison, so its negation holds; text is ordered by code points. */
export function rowTest(filter: BoundFilter, fields: (name: string) => FieldReader): RowTest {
  switch (filter.kind) {
    case 'and': {
      const tests = filter.operands.map((operand) => rowTest(operand, fields));
      return (row) => tests.every((test) => test(row));
    }
    case 'or': {
      const tests = filter.operands.map((operand) => rowTest(operand, fields));
      return (row) => tests.some((test) => test(row));
    }
    case 'not': {
      const test = rowTest(filter.operand, fields);
      return (row) => !test(row);
    }
    case 'present': {
      const read = fields(filter.field);
      return (row) => comparable(read(row)) !== undefined;
    }
    case 'compare': {
      const read = fields(filter.field);
      const holds = COMPARISONS[filter.comparator](filter.value);
      return (row) => {
        const value = comparable(read(row));
        return value !== undefined && holds(value);
      };
    }
  }
}

type Comparable = string | number | boolean;

const COMPARISONS: Readonly<Record<BoundComparator, (wanted: Comparable) => (value: Comparable) => boolean>> = {
  '=': (wanted) => (value) => value === wanted,
  '<': (wanted) => (value) => order(value, wanted) < 0,
  '<=': (wanted) => (value) => order(value, wanted) <= 0,
  '>': (wanted) => (value) => order(value, wanted) > 0,
  '>=': (wanted) => (value) => order(value, wanted) >= 0,
  contains: (wanted) => {
    const lower = String(wanted).toLowerCase();
    return (value) => String(value).toLowerCase().includes(lower);
  },
};

function comparable(value: FieldValue): Comparable | undefined {
  if (value instanceof Date) return value.getTime();
  return value === null || Number.isNaN(value) ? undefined : value;
}

function order(a: Comparable, b: Comparable): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : a < b ? -1 : 1;
}
