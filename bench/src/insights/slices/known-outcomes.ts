import type { Population } from '@noema/insights';
import { seededRandom } from '@noema/kernel';

/** A population whose outcomes are drawn, with the chance of an error and the expected loss of each sample. */
export interface KnownOutcomes {
  readonly population: Population;
  readonly errorChances: Float32Array;
  /** Expected loss of each sample, where losses above a limit count as the limit. */
  readonly expectLosses: (limit: number) => Float32Array;
}

/**
 * Draws the loss and the prediction of each held-out sample anew from the samples of its class inside or outside of a
 * slice: its true error rate and loss are the means of this pool, so that the difference of two groups is known.
 */
export function drawOutcomes(population: Population, isSlice: Uint8Array, seed: number): KnownOutcomes {
  const { n, splitCodes, labels } = population;
  const [losses, predicted] = [Float32Array.from(population.losses!), Int32Array.from(population.predicted!)];
  const random = seededRandom(seed, 13);
  const pools = new Map<number, number[]>();
  const findPool = (row: number): number => 2 * labels![row]! + isSlice[row]!;
  for (let row = 0; row < n; row++) {
    if (splitCodes[row] !== 0) {
      const pool = pools.get(findPool(row));
      if (pool) pool.push(row);
      else pools.set(findPool(row), [row]);
    }
  }
  for (const rows of pools.values())
    for (const row of rows) {
      const from = rows[Math.floor(random() * rows.length)]!;
      losses[row] = population.losses![from]!;
      predicted[row] = population.predicted![from]!;
    }
  const expect = (read: (row: number) => number): Float32Array => {
    const means = new Map(
      [...pools].map(([key, rows]) => [key, rows.reduce((sum, row) => sum + read(row), 0) / rows.length]),
    );
    return Float32Array.from({ length: n }, (_, row) => means.get(findPool(row)) ?? NaN);
  };
  return {
    population: { ...population, losses, predicted },
    errorChances: expect((row) => Number(population.predicted![row] !== labels![row])),
    expectLosses: (limit) => expect((row) => Math.min(population.losses![row]!, limit)),
  };
}
