import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { rankCorrelation } from './rank-correlation.js';

describe('Spearman’s rank correlation', () => {
  it('is that of published examples', () => {
    // Hours of television against IQ, the worked example of textbooks: −29 / 165.
    expect(
      rankCorrelation([106, 100, 86, 101, 99, 103, 97, 113, 112, 110], [7, 27, 2, 50, 28, 29, 20, 12, 6, 17]),
    ).toBeCloseTo(-29 / 165, 12);
    // SciPy's own example, with a tie.
    expect(rankCorrelation([1, 2, 3, 4, 5], [5, 6, 7, 8, 7])).toBeCloseTo(0.8207826816681233, 12);
  });

  it('is 1 for any rising function and −1 for any falling one', () => {
    const values = Float32Array.from({ length: 50 }, seededRandom(1));
    expect(
      rankCorrelation(
        values,
        values.map((v) => Math.exp(5 * v)),
      ),
    ).toBeCloseTo(1, 12);
    expect(
      rankCorrelation(
        values,
        values.map((v) => -(v ** 3)),
      ),
    ).toBeCloseTo(-1, 12);
  });

  it('with many ties is Pearson’s correlation of ranks that were counted one by one', () => {
    const random = seededRandom(2);
    const [a, b] = [1, 2].map(() =>
      Array.from({ length: 80 }, () => Math.max(0, Math.floor(9 * random()) - 4)),
    );
    const rank = (of: number[]): number[] =>
      of.map((v) => 0.5 + of.filter((w) => w < v).length + of.filter((w) => w === v).length / 2);
    const [x, y] = [rank(a!), rank(b!)];
    const n = 80;
    const sum = (f: (i: number) => number): number => x.reduce((total, _, i) => total + f(i), 0);
    const [sx, sy] = [sum((i) => x[i]!), sum((i) => y[i]!)];
    const expected =
      (n * sum((i) => x[i]! * y[i]!) - sx * sy) /
      Math.sqrt((n * sum((i) => x[i]! ** 2) - sx ** 2) * (n * sum((i) => y[i]! ** 2) - sy ** 2));
    expect(rankCorrelation(a!, b!)).toBeCloseTo(expected, 12);
  });

  it('is 0 where one side orders nothing, and refused for two lengths', () => {
    expect(rankCorrelation([1, 1, 1], [1, 2, 3])).toBe(0);
    expect(rankCorrelation([], [])).toBe(0);
    expect(() => rankCorrelation([1], [1, 2])).toThrow(/1 and 2 values/);
  });
});
