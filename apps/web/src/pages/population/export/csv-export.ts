import { csvCell, csvLine } from '../../../parts/csv-cell.js';
import { type BitMask, hasBit } from '../points/bit-mask.js';
import type { Column } from '../points/column.js';

/**
 * The columns of the points in the mask, or of all, as pieces of CSV of some 5,000 lines; empty cells where
 * there is no value.
 */
export function* writeCsv(columns: readonly Column[], count: number, mask?: BitMask): Generator<string> {
  yield* writePointsCsv(columns, pointsIn(count, mask));
}

/** The same of any points, in their order. */
export function* writePointsCsv(columns: readonly Column[], points: Iterable<number>): Generator<string> {
  const texts = columns.map((column) => (column.kind === 'code' ? column.names.map(csvCell) : []));
  let piece = csvLine(columns.map((column) => csvCell(column.name)));
  let lines = 0;
  for (const point of points) {
    piece += csvLine(columns.map((column, at) => formatCell(column, texts[at]!, point)));
    if (++lines % 5_000 === 0) {
      yield piece;
      piece = '';
    }
  }
  yield piece;
}

function* pointsIn(count: number, mask: BitMask | undefined): Generator<number> {
  for (let point = 0; point < count; point++) if (mask === undefined || hasBit(mask, point)) yield point;
}

function formatCell(column: Column, texts: readonly string[], point: number): string {
  const value = column.values[point]!;
  if (column.kind === 'code') return value === column.missing ? '' : (texts[value] ?? '');
  return Number.isNaN(value) ? '' : String(Number(value.toPrecision(9)));
}
