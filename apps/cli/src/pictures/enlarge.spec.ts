import { decode, encode } from 'fast-png';
import { expect, it } from 'vitest';
import { enlarge } from './enlarge.js';

it('repeats every pixel of a small picture', () => {
  const png = encode({ width: 2, height: 1, data: Uint8Array.of(10, 200), channels: 1, depth: 8 });
  const large = decode(enlarge(png));
  expect([large.width, large.height]).toEqual([224, 112]);
  expect([large.data[111], large.data[112]]).toEqual([10, 200]);
});
it('leaves a large one alone', () => {
  const png = encode({ width: 224, height: 1, data: new Uint8Array(224), channels: 1, depth: 8 });
  expect(enlarge(png)).toBe(png);
});
