import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { countRanked } from '../../test/ranked.js';
import {
  areaUnderRoc,
  averagePrecision,
  computeMoments,
  estimateAreaUnderRoc,
  estimateAveragePrecision,
  type RankedCounts,
  rankScores,
} from '../index.js';

/** Half the width of an interval on the scale of logits, in standard errors. */
function readError(interval: { readonly low: number; readonly high: number } | undefined, value: number) {
  const logit = (share: number): number => Math.log(share / (1 - share));
  return ((logit(interval!.high) - logit(interval!.low)) / 2 / 1.959963984540054) * value * (1 - value);
}

/** Scores in steps of 1/20: 3 positives for each 7 negatives. */
function drawSamples(n: number) {
  const random = seededRandom(2);
  const isPositive = Uint8Array.from({ length: n }, (_, row) => Number(row % 10 < 3));
  return {
    isPositive,
    scores: Float64Array.from(isPositive, (own) => Math.round(20 * (random() + random() + 0.4 * own)) / 20),
  };
}

/** Negatives and positives by score, in steps of 1/20. */
function countScores(
  isPositive: Uint8Array,
  scores: Float64Array,
  rows: Iterable<number> = scores.keys(),
): readonly [Int32Array, Int32Array] {
  const counts = [new Int32Array(64), new Int32Array(64)] as const;
  for (const row of rows) counts[isPositive[row] as 0 | 1][Math.round(20 * scores[row]!)]!++;
  return counts;
}

describe('the error of an area under ROC', () => {
  it('is the one of DeLong by comparing all pairs', () => {
    const { isPositive, scores } = drawSamples(200);
    const of = (kind: number): number[] => [...scores].filter((_, row) => isPositive[row] === kind);
    const [positives, negatives] = [of(1), of(0)];
    const wins = (high: number, low: number): number => (high > low ? 1 : high === low ? 0.5 : 0);
    const mean = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + value, 0) / values.length;
    const ofPositive = positives.map((own) => mean(negatives.map((other) => wins(own, other))));
    const ofNegative = negatives.map((other) => mean(positives.map((own) => wins(own, other))));
    const variance = (values: readonly number[]): number =>
      values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1);
    const { value, interval } = estimateAreaUnderRoc(rankScores({ isPositive, scores }));
    expect(value).toBeCloseTo(mean(ofPositive), 12);
    expect(readError(interval, value)).toBeCloseTo(
      Math.sqrt(variance(ofPositive) / positives.length + variance(ofNegative) / negatives.length),
      12,
    );
  });
});

describe('the error of an average precision', () => {
  it('is the sum of the influences of all samples, by changing the weight of each', () => {
    const { isPositive, scores } = drawSamples(200);
    const counts = countScores(isPositive, scores);
    const step = 1e-5;
    const change = (kind: 0 | 1, score: number, by: number): number => {
      const weights = [Float64Array.from(counts[0]), Float64Array.from(counts[1])] as const;
      weights[kind][score]! += by;
      return averagePrecision(countRanked(weights));
    };
    let squares = 0;
    for (const kind of [0, 1] as const)
      counts[kind].forEach((count, score) => {
        const influence = (change(kind, score, step) - change(kind, score, -step)) / (2 * step);
        squares += count === 0 ? 0 : count * influence ** 2;
      });
    const { value, interval } = estimateAveragePrecision(rankScores({ isPositive, scores }));
    expect(readError(interval, value)).toBeCloseTo(Math.sqrt((squares * 200) / 199), 8);
  });
});

describe('both errors', () => {
  it('are within 5 % of the spread of 2,000 resamples', () => {
    const { isPositive, scores } = drawSamples(1000);
    const random = seededRandom(9);
    const areas = Array.from({ length: 2000 }, () => {
      const rows = Uint32Array.from(scores, () => Math.floor(random() * scores.length));
      const ranked = countRanked(countScores(isPositive, scores, rows));
      return [averagePrecision(ranked), areaUnderRoc(ranked)] as const;
    });
    const ranked = rankScores({ isPositive, scores });
    for (const [at, estimate] of [estimateAveragePrecision, estimateAreaUnderRoc].entries()) {
      const { value, interval } = estimate(ranked);
      const { deviation } = computeMoments(Float64Array.from(areas, (pair) => pair[at]!));
      expect(Math.abs(readError(interval, value) / deviation - 1)).toBeLessThan(0.05);
    }
  });
});

describe('an area without an interval', () => {
  const separated = (n: number): RankedCounts =>
    rankScores({
      isPositive: Uint8Array.from({ length: n }, (_, row) => Number(row < n / 2)),
      scores: Float64Array.from({ length: n }, (_, row) => -row),
    });

  it('has the reason', () => {
    for (const estimate of [estimateAveragePrecision, estimateAreaUnderRoc]) {
      expect(estimate(separated(20))).toMatchObject({ note: expect.stringContaining('fewer than 20') });
      expect(estimate(separated(80))).toMatchObject({ note: expect.stringContaining('separate') });
    }
  });

  it('has the reason where all scores are equal, which leave an area under ROC of 0.5', () => {
    const ranked = rankScores({
      isPositive: Uint8Array.from({ length: 80 }, (_, row) => Number(row < 20)),
      scores: new Float64Array(80),
    });
    expect(estimateAreaUnderRoc(ranked)).toEqual({
      value: 0.5,
      interval: undefined,
      note: 'no interval: all samples have the same score',
    });
    // The average precision is the share of positives, whose standard error is known.
    const { value, interval } = estimateAveragePrecision(ranked);
    expect(readError(interval, value)).toBeCloseTo(Math.sqrt((0.25 * 0.75) / 79), 12);
  });

  it('is refused with weights', () => {
    const ranked = rankScores({
      isPositive: Uint8Array.of(1, 0),
      scores: Float64Array.of(1, 0),
      weights: Float64Array.of(0.5, 1),
    });
    expect(() => estimateAreaUnderRoc(ranked)).toThrow('0.5 positives');
  });
});
