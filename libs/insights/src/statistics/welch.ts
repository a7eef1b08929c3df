import { type Moments, studentCdf } from '@noema/evaluation';

/**
 * Returns the one-sided p-value of Welch's test (1947) that the mean inside exceeds the mean outside; 1 with fewer than
 * two values on a side, or when neither side varies. `covariance` is that of both means, 0 of independent samples.
 */
export function welchGreater(inside: Moments, outside: Moments, covariance = 0): number {
  if (!(inside.n >= 2 && outside.n >= 2)) return 1;
  const [a, b] = [inside.deviation ** 2 / inside.n, outside.deviation ** 2 / outside.n];
  const variance = a + b - 2 * covariance;
  if (!(variance > 0)) return 1;
  const degrees = variance ** 2 / (a ** 2 / (inside.n - 1) + b ** 2 / (outside.n - 1));
  return studentCdf((outside.mean - inside.mean) / Math.sqrt(variance), degrees);
}
