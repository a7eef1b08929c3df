import { expect, it } from 'vitest';
import { subjectOf } from './subject.js';

it('tells selections apart, and knows the same one again', () => {
  const keys = Array.from({ length: 256 }, (_, i) => subjectOf(Uint8Array.of(i, 0, 255 - i), 8).key);
  expect(new Set(keys).size).toBe(256);
  expect(subjectOf(Uint8Array.of(1, 2), 2).key).toBe(subjectOf(Uint8Array.of(1, 2), 2).key);
});
