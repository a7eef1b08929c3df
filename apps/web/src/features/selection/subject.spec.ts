import { expect, it } from 'vitest';
import { allRows, identifySubject } from './subject.js';

it('distinguishes selections, and knows the same one again', () => {
  const keys = Array.from({ length: 256 }, (_, i) => identifySubject(Uint8Array.of(i, 0, 255 - i), 8).key);
  expect(new Set(keys).size).toBe(256);
  expect(identifySubject(Uint8Array.of(1, 2), 2).key).toBe(identifySubject(Uint8Array.of(1, 2), 2).key);
});

it('takes all rows and no more', () => {
  expect([...allRows(11).bitmap]).toEqual([0xff, 0b111]);
  expect([...allRows(8).bitmap]).toEqual([0xff]);
});
