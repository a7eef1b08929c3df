import { benjaminiYekutieli } from '@noema/evaluation';

/**
 * Returns p-values adjusted for the false discovery rate under any dependence, where some are expected to be small: the
 * p-values over their weights, of mean 1 (Genovese, Roeder & Wasserman 2006; Blanchard & Roquain 2008). Weights above 0
 * must not depend on the data of the tests.
 */
export function weightedBenjaminiYekutieli(pValues: readonly number[], weights: readonly number[]): number[] {
  const mean = weights.reduce((sum, weight) => sum + weight, 0) / Math.max(1, weights.length);
  return benjaminiYekutieli(pValues.map((p, i) => Math.min(1, (p * mean) / weights[i]!)));
}
