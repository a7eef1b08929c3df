import type { Space } from './population.js';

type Places = Pick<Space, 'values' | 'width'>;

/** Returns the places of some rows, [rows, width] float32. */
export function pickPlaces({ values, width }: Places, rows: Int32Array): Float32Array {
  const picked = new Float32Array(rows.length * width);
  rows.forEach((row, to) => {
    picked.set(values.subarray(row * width, (row + 1) * width), to * width);
  });
  return picked;
}

/** Whether all numbers of the place of a row are finite. */
export const isPlaced = ({ values, width }: Places, row: number): boolean =>
  values.subarray(row * width, (row + 1) * width).every(Number.isFinite);

/** Places farther out than this are left out: squares of their distances could not be stored as float32. */
const FARTHEST = 1e15;

/** Whether squares of distances to the place of a row can be stored as float32. */
export function isComparable({ values, width }: Places, row: number): boolean {
  for (let i = row * width; i < (row + 1) * width; i++) if (!(Math.abs(values[i]!) <= FARTHEST)) return false;
  return true;
}
