import { expect, it } from 'vitest';
import { toMask, listPoints } from '../points/bit-mask.js';
import { encodeRows } from '../../../features/selection/row-code.js';
import { decodeRows } from './selection-code.js';

it('gives back the rows that were selected: few, many, none', () => {
  const every = Array.from({ length: 5_000 }, (_, i) => i * 2);
  for (const rows of [[], [0], [9_999], [1, 2, 3, 400, 9_000], every]) {
    const text = encodeRows(toMask(rows, 10_000))!;
    expect(text).toMatch(/^[bd][A-Za-z0-9_-]*$/);
    expect(listPoints(decodeRows(text, 10_000)!)).toEqual(rows);
  }
});

it('is short for a few rows of many', () => {
  expect(encodeRows(toMask([5, 500_000, 999_999], 1_000_000))!.length).toBeLessThan(16);
});

it('does not make an address that no server takes', () => {
  expect(
    encodeRows(
      toMask(
        Array.from({ length: 100_000 }, (_, i) => i * 10),
        1_000_000,
      ),
    ),
  ).toBeUndefined();
});

it('refuses what it did not write', () => {
  expect(decodeRows('x123', 10)).toBeUndefined();
  expect(decodeRows('d%%', 10)).toBeUndefined();
  expect(decodeRows(encodeRows(toMask([99], 100))!, 10) ?? 'refused').toBe('refused');
});
