import { expect, it } from 'vitest';
import { spreadOrder } from './spread-order.js';

it.each([
  [1, 1],
  [2, 1],
  [10, 7],
  [1_000, 617],
  [99_991, 61_798],
  [1_000_000, 618_033],
])('%i points with stride %i: rows and points are turned into each other', (count, stride) => {
  const { toRow, toPoint } = spreadOrder(count, stride);
  const seen = new Uint8Array(count);
  for (let point = 0; point < count; point++) {
    const row = toRow(point);
    seen[row] = 1;
    if (toPoint(row) !== point) expect(toPoint(row)).toBe(point);
  }
  expect(seen.indexOf(0)).toBe(-1);
});
