/** A p-value of 1 would outweigh all evidence: its Cauchy value is −∞. */
const MAX_P = 0.99;

/**
 * Returns one p-value of several that may depend on each other, by the Cauchy combination (ACAT, Liu & Xie 2020): the
 * weighted mean of their Cauchy values is nearly a Cauchy value itself, above all for small p-values. Values of NaN are
 * left out, values above 0.99 count as 0.99; NaN without a value.
 */
export function combineCauchy(pValues: ArrayLike<number>, weights?: ArrayLike<number>): number {
  let [sum, total] = [0, 0];
  for (let i = 0; i < pValues.length; i++) {
    const p = pValues[i]!;
    if (Number.isNaN(p)) continue;
    const weight = weights?.[i] ?? 1;
    sum += weight * cauchyQuantile(Math.min(p, MAX_P));
    total += weight;
  }
  return total === 0 ? NaN : cauchyTail(sum / total);
}

/** tan((½ − p)π) loses all digits near 0, where it is 1 / tan(pπ). */
const cauchyQuantile = (p: number): number =>
  p < 0.25 ? 1 / Math.tan(p * Math.PI) : Math.tan((0.5 - p) * Math.PI);

const cauchyTail = (x: number): number => (x > 1 ? Math.atan(1 / x) / Math.PI : 0.5 - Math.atan(x) / Math.PI);
