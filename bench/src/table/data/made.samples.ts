import { SIDE } from '@noema/example-mnist';
import { seededRandom } from '@noema/kernel';

const SHIFT = 2;
const NOISE = 0.1;
const PIXELS = SIDE * SIDE;

/**
 * Sample `row` of a population of the requested size, [28, 28] from 0 to 1: the digits unchanged, then again
 * and again shifted by up to two pixels and with noise of up to a tenth of the ink, seeded by the row.
 */
export function madeSample(images: Float32Array, row: number): Float32Array {
  const count = images.length / PIXELS;
  const digit = images.subarray((row % count) * PIXELS, ((row % count) + 1) * PIXELS);
  if (row < count) return digit.slice();
  const random = seededRandom(42, row);
  const shift = (): number => Math.floor(random() * (2 * SHIFT + 1)) - SHIFT;
  const [right, down] = [shift(), shift()];
  return Float32Array.from({ length: PIXELS }, (_, i) => {
    const [x, y] = [(i % SIDE) - right, Math.floor(i / SIDE) - down];
    const ink = x >= 0 && x < SIDE && y >= 0 && y < SIDE ? digit[y * SIDE + x]! : 0;
    return Math.min(1, Math.max(0, ink + (2 * random() - 1) * NOISE));
  });
}
