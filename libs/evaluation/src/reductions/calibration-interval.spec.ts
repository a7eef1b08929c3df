import { seededRandom } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { computeCalibration } from './calibration.js';

const DRAWS = 1000;

/** The probability of a sample whose score is wrong by a factor of its logit. */
const findProbability = (score: number, factor: number): number => 1 / (1 + (1 / score - 1) ** factor);

/** The calibration error of uniform scores over ten bins, by the midpoint rule. */
function exactError(factor: number): number {
  const steps = 10_000;
  let error = 0;
  for (let bin = 0; bin < 10; bin++) {
    let sum = 0;
    for (let i = 0; i < steps; i++) {
      const score = (bin + (i + 0.5) / steps) / 10;
      sum += findProbability(score, factor) - score;
    }
    error += Math.abs(sum) / (10 * steps);
  }
  return error;
}

function calibrationOn(random: () => number, n: number, factor: number) {
  const scores = Float64Array.from({ length: n }, random);
  const isPositive = Uint8Array.from(scores, (score) => Number(random() < findProbability(score, factor)));
  return computeCalibration({ isPositive, scores });
}

describe('the interval of the calibration error', () => {
  it.each([
    [1, 20],
    [1, 100],
    [1, 600],
    [0.8, 300],
    [0.5, 600],
    [2, 300],
  ])('covers in at least 950 of 1,000 draws, with logits times %f and %i samples', (factor, n) => {
    const error = exactError(factor);
    const random = seededRandom(202, n);
    let covered = 0;
    for (let i = 0; i < DRAWS; i++) {
      const { low, high } = calibrationOn(random, n, factor).errorInterval!;
      if (low <= error && error <= high) covered++;
    }
    expect(covered).toBeGreaterThanOrEqual(0.95 * DRAWS);
  });

  it('excludes 0 for scores that are far off, and narrows with the square root of n', () => {
    const random = seededRandom(203, 0);
    const [few, many] = [1000, 16_000].map((n) => calibrationOn(random, n, 3).errorInterval!);
    expect(few!.low).toBeGreaterThan(0.05);
    expect((few!.high - few!.low) / (many!.high - many!.low)).toBeCloseTo(4, 0);
  });

  it('does not exist with fewer than 20 samples, and not for none', () => {
    const random = seededRandom(204, 0);
    expect(calibrationOn(random, 19, 1).errorInterval).toBeUndefined();
    expect(calibrationOn(random, 0, 1).errorInterval).toBeUndefined();
  });

  it('has a width also where all samples are correct', () => {
    const { errorInterval } = computeCalibration({
      isPositive: new Uint8Array(100).fill(1),
      scores: new Float64Array(100).fill(0.99),
    });
    expect(errorInterval!.low).toBe(0);
    expect(errorInterval!.high).toBeCloseTo(0.01 + 1.96 * Math.sqrt((0.99 * 0.01 - 1e-4) / 100), 4);
  });
});
