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
