import { DomainError } from './domain-error.js';

/** A subset of the population, as in messages (`noema.type.v1.RowSelection`). Exactly one field is set. */
export interface RowSelection {
  /** Rows in any order. Each row occurs once. */
  readonly rows: readonly number[];
  /**
   * One bit per row: row r is bit r % 8 of byte r / 8, lowest bit first. Missing bytes at the end count as
   * zeros.
   */
  readonly bitmap: Uint8Array;
}

/**
 * Returns the selected rows of a population in ascending order; at least one. Throws `invalid`
 * SELECTION_MISSING, SELECTION_AMBIGUOUS, SELECTION_EMPTY, ROW_INVALID, ROW_TWICE.
 */
export function selectRows(selection: RowSelection | undefined, population: number): Int32Array<ArrayBuffer> {
  if (selection === undefined || (selection.rows.length === 0 && selection.bitmap.length === 0))
    throw refused('SELECTION_MISSING', 'the selection names no row; set selection.rows or selection.bitmap');
  if (selection.rows.length > 0 && selection.bitmap.length > 0) {
    throw refused(
      'SELECTION_AMBIGUOUS',
      `the selection has ${selection.rows.length} rows and a bitmap of ${selection.bitmap.length} ` +
        'bytes; set one of the two',
    );
  }
  return selection.rows.length > 0
    ? fromList(selection.rows, population)
    : fromBitmap(selection.bitmap, population);
}

function fromList(list: readonly number[], population: number): Int32Array<ArrayBuffer> {
  const outside = list.find((row) => !Number.isInteger(row) || row < 0 || row >= population);
  if (outside !== undefined) throw rowOutside(outside, population);
  const rows = Int32Array.from(list).sort();
  for (let i = 1; i < rows.length; i++)
    if (rows[i] === rows[i - 1])
      throw refused('ROW_TWICE', `row ${rows[i]} is in selection.rows more than once; name each row once`);
  return rows;
}

function fromBitmap(bitmap: Uint8Array, population: number): Int32Array<ArrayBuffer> {
  let count = 0;
  for (let bits of bitmap) for (; bits !== 0; bits &= bits - 1) count++;
  if (count === 0)
    throw refused(
      'SELECTION_EMPTY',
      `no bit of the ${bitmap.length} bytes of selection.bitmap is set; select at least one row`,
    );
  const rows = new Int32Array(count);
  let at = 0;
  for (let byte = 0; byte < bitmap.length; byte++) {
    for (let bits = bitmap[byte]!; bits !== 0; bits &= bits - 1)
      rows[at++] = 8 * byte + 31 - Math.clz32(bits & -bits);
  }
  if (rows[count - 1]! >= population) throw rowOutside(rows[count - 1]!, population);
  return rows;
}

const refused = (reason: string, message: string): DomainError =>
  new DomainError('invalid', reason, message, { violations: [{ field: 'selection', description: message }] });

const rowOutside = (row: number, population: number): DomainError =>
  refused(
    'ROW_INVALID',
    population === 0
      ? `row ${row} is not in the population, which has no sample`
      : `row ${row} is not in the population; rows run from 0 to ${population - 1}`,
  );
