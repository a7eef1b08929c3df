import { expect, it } from 'vitest';
import { encodeSizes } from './size-encoding.js';
import { sizeMarks } from './size-legend.js';

it('names the values of a small, a middle and a large dot as the map draws them', () => {
  const column = { name: 'age', kind: 'number' as const, values: Float32Array.of(0, 50, 85.7244, 100) };
  const marks = sizeMarks(column, [2, 10]);
  // 0.5 to the power of 1 / 4.5 is 0.857244.
  expect(marks.map(({ text }) => text)).toEqual(['0', '86', '100']);
  const drawn = encodeSizes(column)!;
  expect(marks.map(({ diameter }) => diameter)).toEqual([2, 6, 10]);
  expect([...drawn].filter((_, at) => at !== 1).map((size) => 2 + (8 * size) / 255)).toEqual([
    2,
    expect.closeTo(6, 1),
    10,
  ]);
});

it('spans the domain of all epochs where there is one', () => {
  const column = { name: 'age', kind: 'number' as const, values: Float32Array.of(3, 4) };
  const domain = { low: 0, high: 10, positive: 1, missing: 0 };
  expect(sizeMarks(column, [2, 10], domain).at(-1)).toEqual({ text: '10', diameter: 10 });
});

it('has one dot for a column of one value', () => {
  const column = { name: 'age', kind: 'number' as const, values: Float32Array.of(7, 7) };
  expect(sizeMarks(column, [2, 10]).map(({ text }) => text)).toEqual(['7']);
});

it('names the small and the large dots of the correctness', () => {
  const marks = sizeMarks(
    { name: 'correct', kind: 'code', names: ['false', 'true'], missing: 255, values: Uint8Array.of(0, 1) },
    [2, 10],
  );
  expect(marks.map(({ text }) => text)).toEqual(['correct', 'misclassified']);
  expect(marks[1]!.diameter).toBe(10);
  expect(marks[0]!.diameter).toBeLessThan(3);
});
