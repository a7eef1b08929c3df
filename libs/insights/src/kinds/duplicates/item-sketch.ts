import { mixBits } from '../../mix-bits.js';

/** Length of a sketch; the error of a similarity is about 1/√64. */
export const SKETCH_WIDTH = 64;

/**
 * Writes the signed sums of hashed items, of length 1 (Charikar, Chen & Farach-Colton 2002): the scalar product of two
 * sketches estimates the cosine of the two sets.
 */
export function sketchItems(items: Iterable<number>, into: Float32Array): void {
  into.fill(0);
  for (const item of items) {
    const h = mixBits(item);
    into[h & (SKETCH_WIDTH - 1)]! += h & 0x10000 ? 1 : -1;
  }
  scaleToLength1(into);
}

export function scaleToLength1(values: Float32Array): void {
  let square = 0;
  for (const value of values) square += value * value;
  if (square === 0) return;
  const scale = 1 / Math.sqrt(square);
  for (let i = 0; i < values.length; i++) values[i]! *= scale;
}

const FLOAT = new Float32Array(1);
const BITS = new Uint32Array(FLOAT.buffer);

/** Hash of a number at a position. Equal values, also 0 and −0, and all NaN have the same. */
export function hashCell(position: number, value: number): number {
  FLOAT[0] = value === 0 ? 0 : value;
  return mixBits(Math.imul(position + 1, 0x9e3779b1) ^ (Number.isNaN(value) ? 0x7fc00000 : BITS[0]!));
}
