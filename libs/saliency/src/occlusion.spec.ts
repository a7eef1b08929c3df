import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { featureMap, Occlusion, Rise } from './index.js';

const height = 5;
const width = 7;
const channels = 2;
const positions = height * width;
const random = seededRandom(3);
const weights = Float64Array.from({ length: positions * channels }, () => random() - 0.5);
const picture = featureMap(
  Float32Array.from({ length: positions * channels }, () => random()),
  { height, width, channels },
  'hwc',
);
/** A model that is a weighted sum: what a place adds is known exactly. */
const score = (batch: Float32Array, count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, row) =>
    weights.reduce((sum, weight, i) => sum + weight * batch[row * positions * channels + i]!, 0),
  );
const adds = Float64Array.from({ length: positions }, (_, p) =>
  [0, 1].reduce((sum, c) => sum + weights[p * channels + c]! * picture.data[p * channels + c]!, 0),
);
const whole = adds.reduce((a, b) => a + b, 0);

describe('occlusion', () => {
  it('with a window of one position is what each adds to a sum', () => {
    const one = new Occlusion(picture, {
      window: { height: 1, width: 1 },
      stride: { height: 1, width: 1 },
      baseline: 'zero',
    });
    expect(one.count).toBe(positions);
    one.map(score(one.inputs(0, one.count), one.count), whole).data.forEach((value, p) => {
      expect(value).toBeCloseTo(adds[p]!, 5);
    });
  });
  it('is the mean over the windows that cover a place, the last one at the border, in any batches', () => {
    const wide = new Occlusion(picture, {
      window: { height: 2, width: 3 },
      stride: { height: 2, width: 2 },
      baseline: 'zero',
    });
    const tops = [0, 2, 3];
    const lefts = [0, 2, 4];
    expect(wide.count).toBe(9);
    const scores = Float32Array.from([...score(wide.inputs(0, 4), 4), ...score(wide.inputs(4, 9), 5)]);
    const { data } = wide.map(scores, whole);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const covering = tops
          .flatMap((top) => lefts.map((left) => [top, left] as const))
          .filter(([top, left]) => y >= top && y < top + 2 && x >= left && x < left + 3);
        const falls = covering.map(([top, left]) =>
          adds.reduce(
            (sum, add, p) =>
              sum +
              (Math.floor(p / width) >= top &&
              Math.floor(p / width) < top + 2 &&
              p % width >= left &&
              p % width < left + 3
                ? add
                : 0),
            0,
          ),
        );
        expect(data[y * width + x]).toBeCloseTo(falls.reduce((a, b) => a + b, 0) / covering.length, 5);
      }
    }
  });
  it('covers an input smaller than its window at once, and refuses windows of nothing', () => {
    expect(
      new Occlusion(picture, { window: { height: 50, width: 50 }, stride: { height: 9, width: 9 } }).count,
    ).toBe(1);
    expect(
      () => new Occlusion(picture, { window: { height: 0, width: 1 }, stride: { height: 1, width: 1 } }),
    ).toThrow(/window of 0 × 1/);
  });
});

describe('RISE', () => {
  const rise = (change: object = {}) =>
    new Rise(picture, { masks: 6_000, cells: { rows: 5, columns: 7 }, ...change });
  it('finds what each place adds to a sum, when its cells are as fine as the input', () => {
    // Cells of one position are independent: seen less hidden is exactly what the place adds, but for the
    // noise of the others.
    const one = rise();
    const [map] = one.maps(score(one.inputs(0, one.count), one.count), 1, [0]);
    const noise = Math.sqrt(adds.reduce((sum, add) => sum + add * add, 0) / one.count);
    map!.data.forEach((value, p) => {
      expect(Math.abs(value - adds[p]!)).toBeLessThan(5 * noise);
    });
  });
  it('sees every place half of the time, whatever the grid', () => {
    const ones = featureMap(new Float32Array(positions).fill(1), { height, width, channels: 1 }, 'hwc');
    const coarse = new Rise(ones, { masks: 4_000, cells: { rows: 2, columns: 3 } });
    const batch = coarse.inputs(0, 4_000);
    const seen = new Float64Array(positions);
    batch.forEach((value, i) => {
      seen[i % positions]! += value / 4_000;
    });
    seen.forEach((mean) => {
      expect(Math.abs(mean - 0.5)).toBeLessThan(0.04);
    });
    expect(batch.every((value) => value >= 0 && value <= 1)).toBe(true);
    expect(batch.some((value) => value > 0 && value < 1)).toBe(true);
    expect(
      new Rise(ones, { masks: 50, cells: { rows: 2, columns: 3 }, sharp: true })
        .inputs(0, 50)
        .every((value) => value === 0 || value === 1),
    ).toBe(true);
  });
  it('gives the same masks in any batches, and refuses scores that are not its own', () => {
    const one = rise({ masks: 10, cells: { rows: 2, columns: 2 } });
    expect(one.inputs(3, 8)).toEqual(
      one.inputs(0, 10).subarray(3 * positions * channels, 8 * positions * channels),
    );
    expect(() => one.maps(new Float32Array(19), 2, [0])).toThrow(/19 scores are not 2 for each of 10 masks/);
    expect(() => rise({ masks: 0 })).toThrow(/0 masks of 5 × 7 cells/);
  });
});
