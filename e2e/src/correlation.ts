/** Pearson's r. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]): number => values.reduce((sum, v) => sum + v, 0) / values.length;
  const [ofA, ofB] = [mean(a), mean(b)];
  const sum = (term: (i: number) => number): number => a.reduce((total, _, i) => total + term(i), 0);
  const shared = sum((i) => (a[i]! - ofA) * (b[i]! - ofB));
  return shared / Math.sqrt(sum((i) => (a[i]! - ofA) ** 2) * sum((i) => (b[i]! - ofB) ** 2));
}
