import { describe, expect, it } from 'vitest';
import { largestDifference, parseNumbers, reference } from '../../test/reference.js';
import {
  bcaInterval,
  benjaminiYekutieli,
  bootstrapMeanInterval,
  computeMoments,
  countPairs,
  holm,
  mcnemarExact,
  mcnemarMidP,
  meanInterval,
  newcombeInterval,
  pairedDifferenceInterval,
  percentileInterval,
  samplesToDecide,
  welchInterval,
  wilsonInterval,
} from '../index.js';
import {
  binomialCdf,
  binomialProbability,
  normalCdf,
  normalQuantile,
  studentQuantile,
} from './distributions.js';

const { statistics } = reference;
/** Equal to 1e-9 of the expected value, of values below 1e-3 to 1e-12. */
const expectClose = (found: number, expected: number): void =>
  expect(
    Math.abs(found - expected) / Math.max(Math.abs(expected), 1e-3),
    `${found}, ${expected}`,
  ).toBeLessThan(1e-9);

describe('distributions', () => {
  it('equal scipy', () => {
    for (const [x, cdf] of statistics.normal) expect(normalCdf(x) / cdf).toBeCloseTo(1, 10);
    for (const [p, x] of statistics.normalQuantile) expectClose(normalQuantile(p), x);
    for (const [p, degrees, t] of statistics.student) expectClose(studentQuantile(p, degrees), t);
    for (const [k, n, p, cdf, pmf] of statistics.binomial) {
      expectClose(binomialCdf(k, n, p), cdf);
      expectClose(binomialProbability(k, n, p), pmf);
    }
  });
});

describe('intervals', () => {
  it("of a proportion are statsmodels' Wilson intervals", () => {
    for (const [k, n, confidence, low, high] of statistics.wilson) {
      const found = wilsonInterval(k, n, confidence);
      expectClose(found.low, low);
      expectClose(found.high, high);
    }
  });

  it('of a proportion equal the published ones of Newcombe (1998), method 3', () => {
    const published = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [k, n, low, high] of published) {
      const found = wilsonInterval(k, n);
      expect([found.low, found.high].map((end) => Number(end.toFixed(4)))).toEqual([low, high]);
    }
  });

  it("of a mean are scipy's", () => {
    for (const [low, high, confidence, ...values] of statistics.mean) {
      const found = meanInterval(computeMoments(Float64Array.from([...values, NaN])), confidence);
      expectClose(found.low, low);
      expectClose(found.high, high);
    }
  });

  it("of a difference of independent means are scipy's", () => {
    const [now, before] = [statistics.mean[0]!, statistics.mean.at(-1)!].map((one) =>
      computeMoments(Float64Array.from(one.slice(3))),
    );
    [0.9, 0.95].forEach((confidence, i) => {
      const found = welchInterval(now!, before!, confidence);
      expectClose(found.low, statistics.welch[i]![0]);
      expectClose(found.high, statistics.welch[i]![1]);
    });
  });

  it.each([
    [56, 70, 48, 80, 0.0524, 0.3339],
    [9, 10, 3, 10, 0.1705, 0.809],
    [6, 7, 2, 7, 0.0582, 0.8062],
    [5, 56, 0, 29, -0.0381, 0.1926],
    [0, 10, 0, 20, -0.1611, 0.2775],
    [10, 10, 0, 20, 0.6791, 1],
  ])('of the difference %i/%i − %i/%i is that of Newcombe (1998), table II', (a, m, b, n, low, high) => {
    const found = newcombeInterval({ successes: a, trials: m }, { successes: b, trials: n });
    expect(found.low).toBeCloseTo(low, 4);
    expect(found.high).toBeCloseTo(high, 4);
  });

  it('of a difference without trials leaves everything possible', () => {
    expect(newcombeInterval({ successes: 0, trials: 0 }, { successes: 1, trials: 2 })).toEqual({
      low: -1,
      high: 1,
    });
  });

  it("of the replicates of scipy's bootstrap are scipy's", () => {
    for (const stored of statistics.bootstrap) {
      const values = Float64Array.from(parseNumbers(stored.values));
      const replicates = Float64Array.from(parseNumbers(stored.replicates));
      const sum = values.reduce((total, value) => total + value, 0);
      const jackknife = values.map((value) => (sum - value) / (values.length - 1));
      const bca = bcaInterval({ estimate: sum / values.length, replicates, jackknife }, 0.9);
      expect(largestDifference([bca.low, bca.high], parseNumbers(stored.bca))).toBeLessThan(1e-9);
      const percentile = percentileInterval(replicates, 0.9);
      expect(
        largestDifference([percentile.low, percentile.high], parseNumbers(stored.percentile)),
      ).toBeLessThan(1e-9);
      // Other resamples of the same values.
      const own = bootstrapMeanInterval(values, { confidence: 0.9, seed: 5, resamples: 4000 });
      expect(Math.abs(own.low - bca.low)).toBeLessThan(0.15 * (bca.high - bca.low));
      expect(Math.abs(own.high - bca.high)).toBeLessThan(0.15 * (bca.high - bca.low));
    }
  });

  it('of a bootstrap follow from the seed alone', () => {
    const values = Float64Array.of(1, 2, 4, 8, 16);
    expect(bootstrapMeanInterval(values, { seed: 1 })).toEqual(bootstrapMeanInterval(values, { seed: 1 }));
    expect(bootstrapMeanInterval(values, { seed: 1 })).not.toEqual(
      bootstrapMeanInterval(values, { seed: 2 }),
    );
    expect(bootstrapMeanInterval(Float64Array.of(3, 3, 3))).toEqual({ low: 3, high: 3 });
  });

  it('are unbounded without samples', () => {
    expect(wilsonInterval(0, 0)).toEqual({ low: 0, high: 1 });
    expect(pairedDifferenceInterval({ fixed: 0, broken: 0, n: 0 })).toEqual({ low: -1, high: 1 });
    expect(meanInterval(computeMoments(new Float64Array(1)))).toEqual({ low: -Infinity, high: Infinity });
    expect(bootstrapMeanInterval(new Float64Array(1))).toEqual({ low: -Infinity, high: Infinity });
  });

  it('refuse impossible counts with the value', () => {
    expect(() => wilsonInterval(5, 4)).toThrow('successes is 5; it must be a number from 0 to 4');
    expect(() => wilsonInterval(1, 4, 95)).toThrow('confidence is 95');
    expect(() => pairedDifferenceInterval({ fixed: 3, broken: 3, n: 5 })).toThrow('n is 5');
  });
});

describe('paired differences', () => {
  it("have statsmodels' McNemar tests and the score interval of its definition", () => {
    for (const { counts, exact, midP, score } of statistics.paired) {
      const [fixed, broken, n] = counts;
      expectClose(mcnemarExact({ fixed, broken, n }), exact);
      expectClose(mcnemarMidP({ fixed, broken, n }), midP);
      for (const confidence of [0.9, 0.95] as const) {
        const found = pairedDifferenceInterval({ fixed, broken, n }, confidence);
        expectClose(found.low, score[`${confidence}`][0]);
        expectClose(found.high, score[`${confidence}`][1]);
      }
    }
  });

  it('count samples that both versions have', () => {
    const [before, now] = [Uint8Array.of(1, 1, 0, 0, 1), Uint8Array.of(1, 0, 1, 0, 0)];
    expect(countPairs(before, now, (row) => row !== 4)).toEqual({ fixed: 1, broken: 1, n: 4 });
  });
});

describe('adjusted p-values', () => {
  it("are statsmodels'", () => {
    expect(largestDifference(holm(statistics.pValues), parseNumbers(statistics.holm))).toBeLessThan(1e-12);
    expect(
      largestDifference(benjaminiYekutieli(statistics.pValues), parseNumbers(statistics.by)),
    ).toBeLessThan(1e-12);
  });
});

describe('samplesToDecide', () => {
  it('is the number at which the assurance by quadrature is the power', () => {
    for (const [effect, factor, power] of statistics.assurance) {
      const n = samplesToDecide({ n: 1_000_000, distance: effect, standardError: 1 }, { power })!;
      expect(n / 1_000_000).toBeCloseTo(factor, 4);
    }
  });

  it('names no number where none is known', () => {
    expect(samplesToDecide({ n: 0, distance: 1, standardError: 1 })).toBeUndefined();
    expect(samplesToDecide({ n: 10, distance: 0.1, standardError: 0 })).toBeUndefined();
  });
});
