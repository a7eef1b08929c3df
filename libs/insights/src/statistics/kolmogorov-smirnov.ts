type Numbers = Float32Array | Float64Array;

/** Largest distance of two empirical distribution functions and its two-sided p-value. */
export interface SmirnovResult {
  readonly distance: number;
  readonly pValue: number;
}

/**
 * Returns the two-sample test of Kolmogorov and Smirnov. The p-value is the limiting distribution with the correction
 * of Stephens (1970) for finite samples; with ties it is conservative. Values of NaN are left out; p is 1 without
 * values on a side.
 */
export function smirnovTest(a: Numbers, b: Numbers): SmirnovResult {
  const [left, right] = [a, b].map((values) => values.filter((value) => !Number.isNaN(value)).sort());
  const [n, m] = [left!.length, right!.length];
  if (n === 0 || m === 0) return { distance: 0, pValue: 1 };
  let [i, j, distance] = [0, 0, 0];
  while (i < n && j < m) {
    const value = Math.min(left![i]!, right![j]!);
    while (i < n && left![i] === value) i++;
    while (j < m && right![j] === value) j++;
    distance = Math.max(distance, Math.abs(i / n - j / m));
  }
  const root = Math.sqrt((n * m) / (n + m));
  return { distance, pValue: kolmogorovTail((root + 0.12 + 0.11 / root) * distance) };
}

/** Returns the probability of a Kolmogorov value of `x` or more, by the series that converges faster. */
export function kolmogorovTail(x: number): number {
  if (x <= 0) return 1;
  if (x < 1.18) {
    const y = Math.exp(-(Math.PI ** 2) / (8 * x * x));
    return 1 - (Math.sqrt(2 * Math.PI) / x) * (y + y ** 9 + y ** 25 + y ** 49);
  }
  const y = Math.exp(-2 * x * x);
  return 2 * (y - y ** 4 + y ** 9);
}
