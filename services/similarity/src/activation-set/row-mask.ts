/**
 * A set of rows: row r is bit r % 8 of byte r / 8, the lowest bit first; rows beyond the end are not in it.
 */
export type RowMask = Uint8Array;

/** True when the row is in the mask; none is in no mask. */
export const hasRow = (mask: RowMask | undefined, row: number): boolean =>
  mask !== undefined && ((mask[row >> 3] ?? 0) & (1 << (row & 7))) !== 0;

/** Returns a mask over `population` rows with the rows of the other mask and these rows. */
export function withRows(mask: RowMask | undefined, rows: Iterable<number>, population: number): RowMask {
  const all = new Uint8Array(Math.ceil(population / 8));
  if (mask !== undefined) all.set(mask.subarray(0, all.length));
  for (const row of rows) all[row >> 3]! |= 1 << (row & 7);
  return all;
}

/** How many rows are in the mask. */
export function countRows(mask: RowMask | undefined): number {
  let count = 0;
  for (let byte of mask ?? []) for (; byte !== 0; byte &= byte - 1) count++;
  return count;
}
