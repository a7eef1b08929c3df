import { permutation } from '@noema/kernel/random';

/** Draws `count` rows at random in rising order, or all. */
export function sampleRows(rows: Int32Array, count: number, random: () => number): Int32Array {
  if (rows.length <= count) return rows;
  return Int32Array.from(permutation(rows.length, random).subarray(0, count), (at) => rows[at]!).sort();
}
