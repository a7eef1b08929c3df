import { expect, it } from 'vitest';
import { encodeSizes, pointSizes } from './size-encoding.js';

it('makes the highest loss the largest dot and leaves most small', () => {
  const sizes = encodeSizes({
    name: 'loss',
    kind: 'number',
    values: Float32Array.of(0.0001, 0.001, 0.01, 5, NaN),
  })!;
  expect(sizes[3]).toBe(255);
  expect(sizes[1]).toBeLessThan(40);
  expect([...sizes.slice(0, 4)]).toEqual([...sizes.slice(0, 4)].sort((a, b) => a - b));
});

it('makes what is wrong large', () => {
  expect([
    ...encodeSizes({
      name: 'correct',
      kind: 'code',
      names: ['false', 'true'],
      missing: 255,
      values: Uint8Array.of(0, 1, 255),
    })!,
  ]).toEqual([255, 25, 40]);
});

it('draws many dots smaller than few', () => {
  expect(pointSizes(1_000_000)[1]).toBeLessThan(pointSizes(1_000)[1]);
});
