/**
 * Returns one p-value of several that may depend on each other: the smallest times their number. Values of NaN are left
 * out; NaN without a value. Where one of few tests has the power, it keeps more of it than the Cauchy combination,
 * which large p-values weaken.
 */
export function combineBonferroni(pValues: readonly number[]): number {
  const known = pValues.filter((p) => !Number.isNaN(p));
  return known.length === 0 ? NaN : Math.min(1, known.length * Math.min(...known));
}
