import type { Comparator } from './filter.ast.js';
import type { BoundFilter } from './filter.binding.js';

export type FieldValue = string | number | boolean | Date | null | undefined;

/**
 * True when the row meets the filter. A field without a value (null, undefined, NaN) meets no comparison, so its negation holds.
 * `:` on text means "contains", ignoring case; text is ordered by code points.
 */
export function meetsFilter(filter: BoundFilter, field: (name: string) => FieldValue): boolean {
  switch (filter.kind) {
    case 'and': return filter.operands.every((operand) => meetsFilter(operand, field));
    case 'or': return filter.operands.some((operand) => meetsFilter(operand, field));
    case 'not': return !meetsFilter(filter.operand, field);
    case 'present': return comparable(field(filter.field)) !== undefined;
    case 'compare': {
      const value = comparable(field(filter.field));
      if (value === undefined) return false;
      if (filter.comparator === ':' && filter.type === 'string') return String(value).toLowerCase().includes(String(filter.value).toLowerCase());
      return HOLDS[filter.comparator](order(value, filter.value));
    }
  }
}

const HOLDS: Readonly<Record<Comparator, (order: number) => boolean>> = {
  '=': (o) => o === 0, ':': (o) => o === 0, '!=': (o) => o !== 0, '<': (o) => o < 0, '<=': (o) => o <= 0, '>': (o) => o > 0, '>=': (o) => o >= 0,
};

function comparable(value: FieldValue): string | number | boolean | undefined {
  if (value instanceof Date) return value.getTime();
  return value === null || Number.isNaN(value) ? undefined : value;
}

function order(a: string | number | boolean, b: string | number | boolean): number {
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b));
  return a === b ? 0 : a < b ? -1 : 1;
}
