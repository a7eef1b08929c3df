import { describe, expect, it } from 'vitest';
import { emptyMask, type Pixels } from './empty-mask.js';

/** A grey picture, one number a pixel. */
const grey = (rows: readonly (readonly number[])[]): Pixels => ({
  data: rows.flat().flatMap((v) => [v, v, v, 255]),
  width: rows[0]!.length,
  height: rows.length,
});

describe('where a picture is empty', () => {
  it('is where it has the color of its border', () => {
    const picture = grey([
      [0, 0, 0, 0],
      [0, 200, 3, 0],
      [0, 0, 0, 0],
      [0, 0, 0, 0],
    ]);
    expect([...emptyMask(picture, 4, 4)!]).toEqual([1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]);
    // A coarse place is empty only when all of its pixels are.
    expect([...emptyMask(picture, 2, 2)!]).toEqual([0, 1, 1, 1]);
    // A fine place takes the pixel that it lies in.
    expect([...emptyMask(picture, 8, 8)!.subarray(16, 24)]).toEqual([1, 1, 0, 0, 1, 1, 1, 1]);
  });

  it('is nowhere in a picture whose border has many colors', () => {
    expect(
      emptyMask(
        grey([
          [0, 50, 100],
          [150, 0, 200],
          [250, 80, 120],
        ]),
        3,
        3,
      ),
    ).toBeUndefined();
  });
});
