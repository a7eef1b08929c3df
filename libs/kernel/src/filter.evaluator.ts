import type { BoundComparator, BoundFilter } from './filter.binding.js';

export type FieldValue = string | number | boolean | Date | null | undefined;

/** Reads one field of a row. */
export type FieldReader = (row: number) => FieldValue;

export type RowTest = (row: number) => boolean;

/**
 * Compiles the filter to a test of rows. A field without a value (null, undefined, NaN) matches no
 * comparison, so its negation matches. Text is ordered by code points.
 */
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

const COMPARISONS: Readonly<Record<BoundComparator, (wanted: Comparable) => (value: Comparable) => boolean>> =
  {
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
  if (typeof a === 'string' && typeof b === 'string') return compareCodePoints(a, b);
  return a === b ? 0 : a < b ? -1 : 1;
}

/** Compares text by code points. UTF-16 order differs above U+FFFF. */
function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  let at = 0;
  while (at < length && a.charCodeAt(at) === b.charCodeAt(at)) at++;
  return at === length ? a.length - b.length : toRank(a.charCodeAt(at)) - toRank(b.charCodeAt(at));
}

/** Ranks surrogates, which stand for code points above all others, last. */
const toRank = (unit: number): number => (unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2800 : unit);
