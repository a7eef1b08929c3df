import { expect, it } from 'vitest';
import { encodeBytes } from './byte-encoding.js';

it('says for each of many values, halves and finer ones, what the function says', () => {
  const values = Float32Array.from({ length: 50_000 }, (_, i) =>
    i % 3 === 0 ? (i % 200) / 8 - 9 : i % 7 === 0 ? NaN : Math.sin(i) * 20,
  );
  const toByte = (value: number): number => (Number.isNaN(value) ? 255 : Math.round(Math.abs(value) * 10));
  expect(encodeBytes(values, toByte)).toEqual(Uint8Array.from(values, toByte));
  expect(encodeBytes(values.subarray(7, 30), toByte)).toEqual(
    Uint8Array.from(values.subarray(7, 30), toByte),
  );
});

it('asks for values that come again only once', () => {
  let asked = 0;
  encodeBytes(
    Float32Array.from({ length: 40_000 }, (_, i) => i % 5),
    (value) => {
      asked++;
      return value;
    },
  );
  expect(asked).toBe(5);
});
