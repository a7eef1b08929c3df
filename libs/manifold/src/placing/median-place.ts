import type { Points } from '../points.js';

/**
 * Writes the coordinate-wise median of the first `count` of some points of a map into a position [dims]. A
 * single far neighbour has no influence.
 */
export function medianPlace(place: Float64Array, { data, d }: Points, rows: Int32Array, count: number): void {
  const used = Math.min(count, rows.length);
  const values = new Float64Array(used);
  const middle = used >> 1;
  for (let c = 0; c < d; c++) {
    for (let m = 0; m < used; m++) values[m] = data[rows[m]! * d + c]!;
    values.sort();
    place[c] = used % 2 === 1 ? values[middle]! : (values[middle - 1]! + values[middle]!) / 2;
  }
}
