import { bothMasks, type BitMask, createMask } from '../points/bit-mask.js';
import type { CodeColumn, Column, NumberColumn } from '../points/column.js';

/** Points with one of the names; `null` stands for points without a value. */
export interface CodeFilter {
  readonly kind: 'codes';
  readonly column: string;
  readonly names: readonly (string | null)[];
}

/** Points with a number in [low, high]; points without a number only when `missing`. */
export interface RangeFilter {
  readonly kind: 'range';
  readonly column: string;
  readonly low: number;
  readonly high: number;
  readonly missing: boolean;
}

/** Rows that were selected or saved before, as the address lists them. */
export interface RowsFilter {
  readonly kind: 'rows';
  readonly column: 'rows';
  readonly rows: string;
}

/** A condition that points must meet to be shown. */
export type Filter = CodeFilter | RangeFilter | RowsFilter;

/** The points that meet a filter; all when the column is of the other kind. */
export function maskOfFilter(filter: Filter, column: Column): BitMask {
  if (filter.kind === 'codes' && column.kind === 'code') return codesMask(filter, column);
  if (filter.kind === 'range' && column.kind === 'number') return rangeMask(filter, column);
  return createMask(column.values.length, true);
}

function codesMask({ names }: CodeFilter, { values, missing, names: all }: CodeColumn): BitMask {
  const wanted = new Set(names);
  const shown = Uint8Array.from(all, (name) => (wanted.has(name) ? 1 : 0));
  const withNone = wanted.has(null) ? 1 : 0;
  const mask = createMask(values.length);
  for (let i = 0; i < values.length; i++) {
    const code = values[i]!;
    const on = code === missing || code < 0 || code >= all.length ? withNone : shown[code]!;
    if (on === 1) mask[i >> 3] = mask[i >> 3]! | (1 << (i & 7));
  }
  return mask;
}

function rangeMask({ low, high, missing }: RangeFilter, { values }: NumberColumn): BitMask {
  const mask = createMask(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if ((value >= low && value <= high) || (missing && Number.isNaN(value)))
      mask[i >> 3] = mask[i >> 3]! | (1 << (i & 7));
  }
  return mask;
}

/** Points that meet all; `undefined` when there is no condition. */
export function combineFilters(masks: readonly BitMask[]): BitMask | undefined {
  const [first, ...rest] = masks;
  return first === undefined ? undefined : rest.reduce((all, mask) => bothMasks(all, mask), first);
}

/** The filters with this one instead of any other on its column. */
export const withFilter = (filters: readonly Filter[], filter: Filter): Filter[] => [
  ...filters.filter((f) => f.column !== filter.column),
  filter,
];

/** The filters with these rows, by their code or as `slice:ID`, and no other rows. */
export const withRows = (filters: readonly Filter[], rows: string): Filter[] =>
  withFilter(filters, { kind: 'rows', column: 'rows', rows });

/** The filters without one on a column. */
export const withoutFilter = (filters: readonly Filter[], column: string): Filter[] =>
  filters.filter((f) => f.column !== column);

/**
 * A click on an entry of a legend: only this one; all again when it was the only one. With the toggle key it
 * alone is switched.
 */
export function toggleName(
  filters: readonly Filter[],
  column: string,
  name: string | null,
  all: readonly (string | null)[],
  alone: boolean,
): Filter[] {
  const before = filters.find((f): f is CodeFilter => f.kind === 'codes' && f.column === column);
  const shown = new Set<string | null>(before?.names ?? all);
  if (alone) {
    if (before !== undefined && shown.size === 1 && shown.has(name)) return withoutFilter(filters, column);
    return withFilter(filters, { kind: 'codes', column, names: [name] });
  }
  if (shown.has(name)) shown.delete(name);
  else shown.add(name);
  const names = all.filter((one) => shown.has(one));
  return names.length === all.length
    ? withoutFilter(filters, column)
    : withFilter(filters, { kind: 'codes', column, names });
}

/** Points whose text contains what was typed, whatever the case. */
export function textMask(column: CodeColumn, typed: string): BitMask {
  const wanted = typed.trim().toLowerCase();
  return codesMask(
    {
      kind: 'codes',
      column: column.name,
      names: column.names.filter((name) => name.toLowerCase().includes(wanted)),
    },
    column,
  );
}
