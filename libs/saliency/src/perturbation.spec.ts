import { describe, expect, it } from 'vitest';
import {
  areaOverOrders,
  areaUnderCurve,
  createBaseline,
  colorize,
  colorMaps,
  deletionBatch,
  featureMap,
  type HeatMap,
  insertionBatch,
  normalised,
  overlay,
  randomHeatMap,
  TIE_ORDERS,
  upsample,
  valuesByOrder,
} from './index.js';

const heat: HeatMap = { data: Float32Array.of(0, 3, 1, 2), height: 2, width: 2 };
const picture = featureMap(
  Float32Array.of(10, 20, 30, 40, 50, 60, 70, 80),
  { height: 2, width: 2, channels: 2 },
  'hwc',
);

describe('heat maps', () => {
  it('grow bilinearly between pixel centres', () => {
    const grown = upsample({ data: Float32Array.of(0, 4), height: 1, width: 2 }, 1, 4);
    expect([...grown.data]).toEqual([0, 1, 3, 4]);
    expect([...upsample(heat, 2, 2).data]).toEqual([0, 3, 1, 2]);
    expect([...upsample({ data: Float32Array.of(7), height: 1, width: 1 }, 2, 2).data]).toEqual([7, 7, 7, 7]);
  });
  it('are normalised by magnitude; zeros stay zeros', () => {
    expect(normalised({ data: Float32Array.of(-4, 2), height: 1, width: 2 })).toEqual({
      map: { data: Float32Array.of(-1, 0.5), height: 1, width: 2 },
      peak: 4,
    });
    expect(normalised({ data: new Float32Array(4), height: 2, width: 2 }).map.data).toEqual(
      new Float32Array(4),
    );
  });
});

describe('perturbation', () => {
  it('deletes the hottest first', () => {
    const { inputs, count, fractions } = deletionBatch(picture, heat, { steps: 4, baseline: 'zero' });
    expect(count).toBe(5);
    expect([...fractions]).toEqual([0, 0.25, 0.5, 0.75, 1]);
    expect([...inputs.subarray(0, 8)]).toEqual([...picture.data]);
    expect([...inputs.subarray(8, 16)]).toEqual([10, 20, 0, 0, 50, 60, 70, 80]);
    expect([...inputs.subarray(16, 24)]).toEqual([10, 20, 0, 0, 50, 60, 0, 0]);
    expect([...inputs.subarray(32, 40)]).toEqual(new Array(8).fill(0));
  });
  it('inserts the hottest first, ending at the picture', () => {
    const { inputs } = insertionBatch(picture, heat, { steps: 2, baseline: 'mean' });
    expect([...inputs.subarray(0, 8)]).toEqual([40, 50, 40, 50, 40, 50, 40, 50]);
    expect([...inputs.subarray(8, 16)]).toEqual([40, 50, 30, 40, 40, 50, 70, 80]);
    expect([...inputs.subarray(16)]).toEqual([...picture.data]);
  });
  it('scores a map that points at the only pixel that matters better than its opposite', () => {
    const score = (inputs: Float32Array, count: number) =>
      Array.from({ length: count }, (_, i) => inputs[i * 8 + 2]! / 30);
    const good = deletionBatch(picture, heat, { steps: 4, baseline: 'zero' });
    const bad = deletionBatch(
      picture,
      { ...heat, data: heat.data.map((x) => -x) },
      { steps: 4, baseline: 'zero' },
    );
    expect(areaUnderCurve(good, score(good.inputs, good.count))).toBeCloseTo(0.125);
    expect(areaUnderCurve(bad, score(bad.inputs, bad.count))).toBeCloseTo(0.875);
  });
  it('breaks ties by seed, not by corner', () => {
    const flat: HeatMap = { data: new Float32Array(64), height: 8, width: 8 };
    const blank = featureMap(new Float32Array(64).fill(1), { height: 8, width: 8, channels: 1 }, 'hwc');
    const first = (seed: number) =>
      deletionBatch(blank, flat, { steps: 4, baseline: 'zero', seed }).inputs.subarray(64, 128);
    expect(first(1)).toEqual(first(1));
    expect(first(1)).not.toEqual(first(2));
    expect(
      first(1)
        .subarray(0, 16)
        .reduce((a, b) => a + b),
    ).toBeGreaterThan(4);
  });
  it('in another order of ties gives only the points that differ, and the whole curve by orders', async () => {
    const tied: HeatMap = { data: Float32Array.of(0, 1, 0, 1), height: 2, width: 2 };
    const of = (order: number) => deletionBatch(picture, tied, { steps: 4, baseline: 'zero', order });
    expect([...of(0).points]).toEqual([0, 1, 2, 3, 4]);
    expect([...of(1).points]).toEqual([1, 3]);
    expect(deletionBatch(picture, heat, { steps: 4, order: 1 }).count).toBe(0);
    const runs: number[] = [];
    const values = await valuesByOrder(of, (inputs) => {
      runs.push(inputs.length / 8);
      return Promise.resolve(inputs.filter((_, i) => i % 8 === 2));
    });
    expect(runs).toEqual([5, ...Array.from({ length: TIE_ORDERS - 1 }, () => 2)]);
    for (const curve of values) expect([curve[0], curve[2], curve[4]]).toEqual([30, 0, 0]);
    const { mean, spread, orders } = areaOverOrders(of(0).fractions, values);
    // The second pixel goes first or second: areas 3.75 and 11.25.
    expect([7.5 - mean > -3.75, 7.5 - mean < 3.75, spread > 0, orders]).toEqual([
      true,
      true,
      true,
      TIE_ORDERS,
    ]);
  });
  it('of a random map removes the same area at every step', () => {
    const random = randomHeatMap(2, 2, 2, 5);
    expect(deletionBatch(picture, random, { steps: 4 }).fractions).toEqual(
      deletionBatch(picture, heat, { steps: 4 }).fractions,
    );
    expect(randomHeatMap(28, 28, 7, 5)).toEqual(randomHeatMap(28, 28, 7, 5));
    expect(randomHeatMap(28, 28, 7, 5)).not.toEqual(randomHeatMap(28, 28, 7, 6));
  });
  it('refuses what does not fit', () => {
    expect(() => deletionBatch(picture, randomHeatMap(4, 4, 2, 1))).toThrow(
      /4 × 4 does not cover an input of 2 × 2; upsample/,
    );
    expect(() => areaUnderCurve(deletionBatch(picture, heat, { steps: 4 }), [1, 2])).toThrow(
      /2 scores do not fit a curve of 5/,
    );
    expect(() => areaUnderCurve(deletionBatch(picture, heat, { steps: 1 }), [1, NaN])).toThrow(
      /score 1 of the curve is NaN/,
    );
  });
});

describe('baselines', () => {
  it('blur keeps a constant and the order of channels', () => {
    const constant = featureMap(
      Float32Array.from({ length: 32 }, (_, i) => (i % 2 === 0 ? 5 : -1)),
      { height: 4, width: 4, channels: 2 },
      'hwc',
    );
    createBaseline(constant, 'blur').forEach((value, i) => {
      expect(value).toBeCloseTo(i % 2 === 0 ? 5 : -1, 5);
    });
  });
  it('blur is the Gaussian of its deviation in the middle of a large picture', () => {
    const size = 65;
    const data = new Float32Array(size * size);
    const middle = 32;
    data[middle * size + middle] = 1;
    const blurred = createBaseline(
      featureMap(data, { height: size, width: size, channels: 1 }, 'chw'),
      'blur',
    );
    const s = size / 8;
    for (const [y, x] of [
      [0, 0],
      [3, 4],
      [8, -2],
    ] as const) {
      const gaussian = Math.exp(-(x * x + y * y) / (2 * s * s)) / (2 * Math.PI * s * s);
      expect(blurred[(middle + y) * size + middle + x]! / gaussian).toBeCloseTo(1, 1);
    }
  });
});

describe('colours', () => {
  it('have the published ends', () => {
    expect([...colorize([0, 1], colorMaps.get('viridis'), 0, 1)]).toEqual([68, 1, 84, 253, 231, 37]);
    expect([...colorize([-5, 9], colorMaps.get('magma'), 0, 1)]).toEqual([0, 0, 4, 252, 253, 191]);
    expect([...colorize([3, 3], colorMaps.get('viridis'), 3, 3)]).toEqual([68, 1, 84, 68, 1, 84]);
    expect(colorMaps.keys().map((key) => colorMaps.get(key).table.length)).toEqual([768, 768, 768]);
  });
  it('lie over a picture the thicker the hotter', () => {
    const laid = overlay(
      Uint8Array.of(100, 100),
      { data: Float32Array.of(0, 1), height: 1, width: 2 },
      colorMaps.get('viridis'),
      1,
    );
    expect([...laid]).toEqual([100, 100, 100, 253, 231, 37]);
    expect(() => overlay(new Uint8Array(5), heat, colorMaps.get('magma'))).toThrow(
      /5 bytes does not fit a heat map of 2 × 2/,
    );
  });
});
