import { expect, it } from 'vitest';
import { rowsOfPoints, spreadStride } from './point-order.js';

it.each([0, 1, 2, 3, 4, 6, 10, 30, 450, 10_000, 30_030, 99_991, 1_000_000])(
  '%i points: every row comes once, in spread order',
  (count) => {
    const stride = spreadStride(count);
    const rows = [
      ...rowsOfPoints(count, stride, 0, Math.floor(count / 3)),
      ...rowsOfPoints(count, stride, Math.floor(count / 3), count),
    ];
    expect(rows.every((row, point) => row === (point * stride) % count)).toBe(true);
    expect(new Set(rows).size).toBe(count);
  },
);
it('every part of the stream has about its share of every part of the population', () => {
  const [count, stride] = [1_000_000, spreadStride(1_000_000)];
  for (const from of [0, 123_456, 900_000]) {
    const tenths = new Int32Array(10);
    for (const row of rowsOfPoints(count, stride, from, from + 10_000)) tenths[Math.floor(row / 100_000)]!++;
    expect(Math.min(...tenths)).toBeGreaterThan(990);
    expect(Math.max(...tenths)).toBeLessThan(1_010);
  }
});
it('rows stay whole for two thousand million points', () => {
  const [count, from] = [2_000_000_011, 1_999_999_000];
  const stride = spreadStride(count);
  const [first] = rowsOfPoints(count, stride, from, from + 2);
  expect(BigInt(first!)).toBe((BigInt(from) * BigInt(stride)) % BigInt(count));
});
