import { precisionRecallCurve, rankScores, rocCurve } from '@noema/evaluation';
import { describe, expect, it } from 'vitest';
import { areaText, curveMarks, thresholdMarks } from './score-charts.js';

describe('the marks of thresholds', () => {
  it('have the samples that each metric is a share of', () => {
    const at = {
      threshold: 0.5,
      truePositives: 6,
      falsePositives: 2,
      trueNegatives: 8,
      falseNegatives: 4,
      precision: 0.75,
      recall: 0.6,
      f1: 2 / 3,
      accuracy: 0.7,
      specificity: 0.8,
    };
    const [precision, recall, f1] = thresholdMarks([at], 20);
    expect([precision!.n, recall!.n, f1!.n]).toEqual([8, 10, 20]);
    // Wilson's interval of 6 of 10.
    expect(recall!.interval!.low).toBeCloseTo(0.3127, 4);
    expect(recall!.interval!.high).toBeCloseTo(0.8318, 4);
    // Wilson's interval of 6 hits of 12 samples that have or get the class: 0.2538 to 0.7462.
    expect(f1!.interval!.low).toBeCloseTo((2 * 0.2538) / 1.2538, 4);
    expect(f1!.interval!.high).toBeCloseTo((2 * 0.7462) / 1.7462, 4);
  });
});

describe('the marks of a curve', () => {
  const ranked = rankScores({
    isPositive: Uint8Array.of(1, 0, 1, 1, 0),
    scores: Float64Array.of(0.9, 0.8, 0.8, 0.4, 0.2),
  });

  it('are shares of the samples at or above the threshold, or of the samples of the class', () => {
    const pr = curveMarks('pr', precisionRecallCurve(ranked), ranked);
    expect(pr.map(({ n }) => n)).toEqual([0, 1, 3, 4, 5]);
    expect(pr[0]!.interval).toBeUndefined();
    // Wilson's interval of 3 of 4.
    expect(pr[3]!.interval!.low).toBeCloseTo(0.3006, 4);
    expect(pr[3]!.interval!.high).toBeCloseTo(0.9544, 4);
    const roc = curveMarks('roc', rocCurve(ranked), { ...ranked, confidence: 0.9 });
    expect(roc.map(({ n }) => n)).toEqual([3, 3, 3, 3, 3]);
    expect(roc[2]).toMatchObject({ x: 0.5, value: 2 / 3, threshold: 0.8 });
    // Of 90 %, 2 of 3.
    expect(roc[2]!.interval!.low).toBeCloseTo(0.2535, 4);
  });
});

describe('an area', () => {
  it('has its interval, or the reason for a missing one', () => {
    expect(areaText('AP', { value: 0.5, interval: { low: 0.25, high: 0.75 } }, 1200)).toBe(
      'AP 0.500, 95% interval 0.250 to 0.750, n = 1,200',
    );
    expect(areaText('AP', { value: 1, interval: undefined, note: 'no interval: few' }, 3)).toBe(
      'AP 1.000, no interval: few, n = 3',
    );
  });
});
