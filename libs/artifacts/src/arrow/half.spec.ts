import { expect, it } from 'vitest';
import { readFloat16 } from './half.js';

// Patterns and values by IEEE 754-2019, table 3.5 and its parameters of binary16.
it.each([
  [0x0000, 0],
  [0x8000, -0],
  [0x0001, 2 ** -24],
  [0x03ff, 2 ** -14 - 2 ** -24],
  [0x0400, 2 ** -14],
  [0x3555, 0.333251953125],
  [0x3c00, 1],
  [0xc000, -2],
  [0x7bff, 65504],
  [0x7c00, Infinity],
  [0xfc00, -Infinity],
  [0x7e00, NaN],
])('reads the half-precision number %i as %f', (bits, value) => {
  expect(readFloat16(Uint16Array.of(bits))[0]).toBe(value);
});
