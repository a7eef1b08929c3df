import type { MatrixFile } from './matrix.js';

/**
 * Returns the loss of every sample, [n] float32, from the evaluation of an epoch (columns `loss`,
 * `has_loss`). NaN for a sample without ground truth.
 */
export function lossesOf(evaluation: MatrixFile): Float32Array {
  const { data: hasLoss } = evaluation.uint8('has_loss');
  return evaluation.float32('loss').data.map((loss, row) => (hasLoss[row] === 1 ? loss : NaN));
}
