import { describe, expect, it } from 'vitest';
import { seededRandom } from '@noema/kernel/random';
import { kernelsOn, ThreadMemory } from './index.js';

/** Two pictures in memory, and what an alignment writes. */
function lay(side: number) {
  const stride = 4 * Math.ceil(side / 4);
  const memory = new ThreadMemory(2 ** 16);
  const random = seededRandom(side);
  const draw = () => {
    const picture = memory.floats(side * stride).fill(NaN);
    for (let at = 0; at < picture.length; at++) if (at % stride < side) picture[at] = random();
    return picture;
  };
  return {
    stride,
    kernels: kernelsOn(memory.own),
    picture: draw(),
    other: draw(),
    warped: memory.floats(side * stride),
    slopes: memory.floats(2 * side * stride),
    map: memory.doubles(6),
    moments: memory.doubles(6),
    products: memory.doubles(36),
    sums: memory.doubles(6),
  };
}

/** The middle of a pixel in the square [−1, 1]². */
const middle = (at: number, side: number): number => (2 * at + 1) / side - 1;

/** The interpolated value of a picture at a place of the square; undefined within `edge` pixels or outside. */
function valueAt(read: (row: number, column: number) => number, side: number, edge: number, place: number[]) {
  const [px, py] = place.map((value) => ((value + 1) * side) / 2 - 0.5) as [number, number];
  const least = edge > 0 ? edge - 0.5 : -0.501;
  if (Math.min(px, py) < least || Math.max(px, py) > side - 1 - least) return undefined;
  const [x, y] = [px, py].map((value) => Math.min(side - 1, Math.max(0, value))) as [number, number];
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [right, below] = [Math.min(side - 1, left + 1), Math.min(side - 1, top + 1)];
  return (
    (1 - (y - top)) * ((1 - (x - left)) * read(top, left) + (x - left) * read(top, right)) +
    (y - top) * ((1 - (x - left)) * read(below, left) + (x - left) * read(below, right))
  );
}

const MAPS = [
  [1, 0, 0, 0, 1, 0],
  [0.8, 0.1, 0.15, -0.2, 0.9, -0.1],
  [0.9, -0.43, 0.02, 0.43, 0.9, 0.01],
  [0, -1, 0, 1, 0, 0],
  [3, 0, 5, 0, 3, 0],
];
const CASES = [16, 10, 33].flatMap((side) =>
  MAPS.flatMap((map) => [0, 1].map((edge) => ({ side, map, edge }))),
);

describe('kernels of an alignment', () => {
  it.each(CASES)('warp a picture of $side by $map without $edge edge pixels', ({ side, map, edge }) => {
    const { stride, kernels, picture, other, warped, moments, ...laid } = lay(side);
    laid.map.set(map);
    kernels.warpOnto(
      picture.byteOffset,
      side,
      stride,
      laid.map.byteOffset,
      edge,
      other.byteOffset,
      warped.byteOffset,
      moments.byteOffset,
    );
    const [a, b, c, d, e, f] = map as [number, number, number, number, number, number];
    const expected = [0, 0, 0, 0, 0, 0];
    for (let row = 0; row < side; row++)
      for (let column = 0; column < stride; column++) {
        const [x, y] = [middle(column, side), middle(row, side)];
        const isInside = Math.min(row, column) >= edge && Math.max(row, column) < side - edge;
        const place = [a * x + b * y + c, d * x + e * y + f];
        const value = isInside ? valueAt((i, j) => picture[i * stride + j]!, side, edge, place) : undefined;
        const at = row * stride + column;
        if (value === undefined) expect(warped[at]).toBeNaN();
        else {
          expect(warped[at]).toBeCloseTo(value, 4);
          const [one, two] = [warped[at]!, other[at]!];
          [1, one, two, one * one, two * two, one * two].forEach((term, i) => (expected[i]! += term));
        }
      }
    expected.forEach((sum, i) => {
      expect(moments[i]).toBeCloseTo(sum, 8);
    });
  });

  it.each([16, 10, 33])('find the slopes of a picture of %i, their products and sums', (side) => {
    const { stride, kernels, picture, other, warped, slopes, products, sums } = lay(side);
    kernels.pictureSlopes(picture.byteOffset, side, stride, slopes.byteOffset);
    const clamp = (at: number): number => Math.min(side - 1, Math.max(0, at));
    const read = (row: number, column: number): number => picture[clamp(row) * stride + clamp(column)]!;
    warped.set(other);
    warped[stride + 3] = NaN;
    kernels.slopeProducts(warped.byteOffset, side, stride, slopes.byteOffset, products.byteOffset);
    const [gain, offset] = [1.3, -0.2];
    kernels.slopeSums(
      warped.byteOffset,
      picture.byteOffset,
      side,
      stride,
      slopes.byteOffset,
      gain,
      offset,
      sums.byteOffset,
    );
    const expected = { products: new Float64Array(36), sums: new Float64Array(6) };
    for (let row = 0; row < side; row++)
      for (let column = 0; column < side; column++) {
        const at = row * stride + column;
        const u = ((read(row, column + 1) - read(row, column - 1)) * side) / 4;
        const v = ((read(row + 1, column) - read(row - 1, column)) * side) / 4;
        expect(slopes[at]).toBeCloseTo(u, 5);
        expect(slopes[side * stride + at]).toBeCloseTo(v, 5);
        if (row === 1 && column === 3) continue;
        const [x, y] = [middle(column, side), middle(row, side)];
        const changes = [u * x, u * y, u, v * x, v * y, v];
        const rest = gain * warped[at]! + offset - picture[at]!;
        changes.forEach((one, p) => {
          expected.sums[p]! += rest * one;
          changes.slice(0, p + 1).forEach((two, q) => (expected.products[6 * p + q]! += one * two));
        });
      }
    const scale = Math.max(...expected.products.map(Math.abs));
    expected.products.forEach((product, at) => {
      expect(products[at]! / scale).toBeCloseTo(product / scale, 6);
    });
    const length = Math.max(...expected.sums.map(Math.abs));
    expected.sums.forEach((sum, at) => {
      expect(sums[at]! / length).toBeCloseTo(sum / length, 4);
    });
  });
});
