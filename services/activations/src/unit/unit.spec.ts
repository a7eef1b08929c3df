import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { classResponses, strongestRows } from './unit.js';
import { histogram, toStatistics, unitSums } from './unit-statistics.js';

const random = seededRandom(2);
const responses = Float32Array.from({ length: 40 * 3 }, (_, i) =>
  i % 3 === 2 ? 7 : random() * 10 ** (i % 3),
);
const losses = Float32Array.from({ length: 40 }, (_, i) =>
  i % 5 === 0 ? NaN : responses[i * 3]! * 2 + random(),
);
const column = (j: number): number[] => Array.from({ length: 40 }, (_, i) => responses[i * 3 + j]!);
const computeMean = (values: readonly number[]): number => values.reduce((a, b) => a + b) / values.length;
const mean = Float64Array.from([0, 1, 2], (j) => computeMean(column(j)));
const variance = Float64Array.from([0, 1, 2], (j) => computeMean(column(j).map((x) => (x - mean[j]!) ** 2)));

describe('statistics of units', () => {
  const cut = (...at: number[]) =>
    toStatistics(
      [0, ...at].map((from, i) =>
        unitSums(responses.subarray(from * 3, (at[i] ?? 40) * 3), mean, losses.subarray(from, at[i] ?? 40)),
      ),
      mean,
      variance,
    );
  it('do not depend on the cut into shards', () => {
    const whole = cut();
    const parts = cut(7, 19, 33);
    whole.lossCorrelation.forEach((value, j) => {
      expect(parts.lossCorrelation[j]).toBeCloseTo(value, 5);
    });
    expect(parts.min).toEqual(whole.min);
    expect(parts.max).toEqual(whole.max);
  });
  it('correlate with the loss over the rows that have one', () => {
    const rows = Array.from(losses.keys()).filter((i) => !Number.isNaN(losses[i]));
    const x = rows.map((i) => responses[i * 3]!);
    const y = rows.map((i) => losses[i]!);
    const [mx, my] = [computeMean(x), computeMean(y)];
    const expected =
      x.reduce((s, v, i) => s + (v - mx) * (y[i]! - my), 0) /
      Math.sqrt(x.reduce((s, v) => s + (v - mx) ** 2, 0) * y.reduce((s, v) => s + (v - my) ** 2, 0));
    expect(cut(11).lossCorrelation[0]).toBeCloseTo(expected, 5);
  });
  it('are 0 for a unit that never changes and without any loss', () => {
    expect(cut().lossCorrelation[2]).toBe(0);
    expect([...toStatistics([unitSums(responses, mean, undefined)], mean, variance).lossCorrelation]).toEqual(
      [0, 0, 0],
    );
  });
});

describe('histogram', () => {
  it('counts every value once, the largest in the last bin', () => {
    expect(histogram(Float32Array.of(0, 1, 2, 3, 4), 2)).toEqual([
      { low: 0, high: 2, count: 2 },
      { low: 2, high: 4, count: 3 },
    ]);
  });
  it('has one bin when all values are the same and none without values', () => {
    expect(histogram(Float32Array.of(5, 5), 8)).toEqual([{ low: 5, high: 5, count: 2 }]);
    expect(histogram(new Float32Array(0), 8)).toEqual([]);
  });
});

it('the strongest rows come first, equal ones by row', () => {
  expect(strongestRows(Float32Array.of(1, 3, 2, 3), 3)).toEqual([1, 3, 2]);
  const many = Float32Array.from({ length: 5_000 }, () => Math.floor(random() * 50));
  expect(strongestRows(many, 200)).toEqual(
    Array.from(many.keys())
      .sort((a, b) => many[b]! - many[a]! || a - b)
      .slice(0, 200),
  );
  expect(strongestRows(Float32Array.of(2, 1), 24)).toEqual([0, 1]);
});

it('the counts of all classes add up to the histogram, whichever bins', () => {
  const values = Float32Array.from({ length: 997 }, random);
  const ofRow = Int32Array.from(values.keys(), (row) => row % 3);
  for (const bins of [1, 7, 32, 1000]) {
    const drawn = histogram(values, bins);
    const parts = classResponses(values, drawn, { names: ['a', 'b', 'c'], ofRow });
    expect(drawn.map((_, bin) => parts.reduce((sum, { counts }) => sum + counts[bin]!, 0))).toEqual(
      drawn.map(({ count }) => count),
    );
  }
  const flat = Float32Array.of(5, 5, 5);
  expect(
    classResponses(flat, histogram(flat, 8), { names: ['a'], ofRow: Int32Array.of(0, 0, -1) }),
  ).toMatchObject([{ mean: 5, counts: [2] }]);
});

it('classes without rows and rows without a class are left out', () => {
  const values = Float32Array.of(1, 2, 9, 6);
  const classes = { names: ['a', 'b', 'c'], ofRow: Int32Array.of(0, 2, -1, 2) };
  expect(classResponses(values, histogram(values, 2), classes)).toEqual([
    { classIndex: 0, className: 'a', mean: 1, counts: [1, 0] },
    { classIndex: 2, className: 'c', mean: 4, counts: [1, 1] },
  ]);
});
