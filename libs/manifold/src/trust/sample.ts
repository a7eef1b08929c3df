import { seededRandom } from '@noema/kernel';

/**
 * Returns `count` of the numbers 0 to n − 1, uniformly, ascending, without repetition (selection sampling:
 * Knuth, TAOCP 3.4.2 S).
 */
export function drawSample(n: number, count: number, seed: number): Int32Array {
  const chosen = new Int32Array(Math.min(n, count));
  const random = seededRandom(seed, 3);
  for (let i = 0, taken = 0; taken < chosen.length; i++) {
    if ((n - i) * random() < chosen.length - taken) chosen[taken++] = i;
  }
  return chosen;
}

/** A mean, and half the width of its 95 % confidence interval; 0 if everything was measured. */
export interface Estimate {
  readonly mean: number;
  readonly halfWidth: number;
}

const TWO_SIDED_95 = 1.959963984540054;

/**
 * Returns the mean of a sample drawn without repetition from n values, with the finite-population correction
 * (Cochran 1977, section 2.6).
 */
export function estimateMean(values: ArrayLike<number>, n: number): Estimate {
  const q = values.length;
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < q; i++) sum += values[i]!;
  const mean = sum / q;
  for (let i = 0; i < q; i++) squares += (values[i]! - mean) ** 2;
  return {
    mean,
    halfWidth: q >= n || q < 2 ? 0 : TWO_SIDED_95 * Math.sqrt((squares / (q - 1) / q) * (1 - q / n)),
  };
}
