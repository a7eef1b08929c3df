/** Exceedances after which a permutation test has seen enough. */
const ENOUGH = 20;

export interface PermutationResult {
  readonly pValue: number;
  /** Number of permutations that were drawn. */
  readonly permutations: number;
}

/**
 * Returns the p-value of a statistic that is large when the null hypothesis is false: (1 + exceedances) / (1 + draws).
 * It stops after 20 exceedances with 20 / draws, which keeps the level (Besag & Clifford 1991) and makes clear nulls
 * cheap. `draw` returns the statistic of one random permutation.
 */
export function permutationTest(observed: number, draws: number, draw: () => number): PermutationResult {
  let exceedances = 0;
  for (let at = 1; at <= draws; at++) {
    if (draw() >= observed) exceedances++;
    if (exceedances === ENOUGH) return { pValue: ENOUGH / at, permutations: at };
  }
  return { pValue: (1 + exceedances) / (1 + draws), permutations: draws };
}
