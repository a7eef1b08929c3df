import type { Population } from './population.js';

/**
 * Returns 1 for each sample that the model has not learned from, [n] uint8: those outside of `training`. If all
 * samples with a loss are training samples, all count, and `isHeldOut` is false.
 */
export function selectHeldOut({ n, splits, splitCodes, losses }: Population): {
  readonly rows: Uint8Array;
  readonly isHeldOut: boolean;
} {
  const training = splits.indexOf('training');
  const rows = new Uint8Array(n);
  let count = 0;
  for (let row = 0; row < n; row++) {
    const hasLoss = losses === undefined || !Number.isNaN(losses[row]);
    if (splitCodes[row] !== training && hasLoss) {
      rows[row] = 1;
      count++;
    }
  }
  if (count === 0) rows.fill(1);
  return { rows, isHeldOut: count > 0 };
}

/** Returns a remark where a search sees training samples, on which a model does better than on others. */
export const remarkTraining = (population: Population): string[] =>
  selectHeldOut(population).isHeldOut
    ? []
    : ['No sample outside of training has a loss: training samples count here.'];
