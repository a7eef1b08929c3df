import { permutationTest } from '../../statistics/permutation-test.js';

const PERMUTATIONS = 1999;

/** The p-value of a sum under random signs of its terms. */
export function flipSigns(gains: readonly number[], random: () => number): number {
  const sum = gains.reduce((total, gain) => total + gain, 0);
  return permutationTest(sum, PERMUTATIONS, () =>
    gains.reduce((total, gain) => total + (random() < 0.5 ? gain : -gain), 0),
  ).pValue;
}
