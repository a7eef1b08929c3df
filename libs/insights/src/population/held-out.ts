import type { Population } from './population.js';

/**
 * Returns 1 for each sample that the model has not learned from and that has a ground truth, [n] uint8: a loss outside
 * of `training`, or, where no losses are known, a split other than `training` and `unlabeled`. If there is none, all
 * count, and `isHeldOut` is false.
 */
export function selectHeldOut({ n, splits, splitCodes, losses }: Population): {
  readonly rows: Uint8Array;
  readonly isHeldOut: boolean;
} {
  const training = splits.indexOf('training');
  const unlabeled = splits.indexOf('unlabeled');
  const rows = new Uint8Array(n);
  let count = 0;
  for (let row = 0; row < n; row++) {
    const hasTruth = losses === undefined ? splitCodes[row] !== unlabeled : !Number.isNaN(losses[row]);
    if (splitCodes[row] !== training && hasTruth) {
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
