import { sortedRows } from '@noema/kernel/sorted-rows';
import { checkRows } from '../evaluation.errors.js';

/** Samples of a yes-or-no decision; a row whose score is not finite is left out. */
export interface ScoreColumns {
  /** [n]; 1 for a positive. */
  readonly isPositive: Uint8Array;
  /** [n]; higher is more positive. */
  readonly scores: Float32Array | Float64Array;
  /** Weight of each row [n]; 1 when left out. */
  readonly weights?: Float32Array | Float64Array | undefined;
}

/** Counts of positives at each distinct score, from the highest down. */
export interface RankedCounts {
  /** The distinct scores in falling order. */
  readonly thresholds: Float64Array;
  /** Positives with a score at or above the threshold. */
  readonly truePositives: Float64Array;
  /** Negatives with a score at or above the threshold. */
  readonly falsePositives: Float64Array;
  readonly positives: number;
  readonly negatives: number;
}

/** Ranks the samples; equal scores are one threshold. Throws `invalid` COLUMN_LENGTHS_DIFFER. */
export function rankScores({ isPositive, scores, weights }: ScoreColumns): RankedCounts {
  checkRows(isPositive.length, { scores, weights });
  const finite = scores.map((score) => (Number.isFinite(score) ? score : -Infinity));
  const order = sortedRows(finite);
  const thresholds = new Float64Array(scores.length);
  const truePositives = new Float64Array(scores.length);
  const falsePositives = new Float64Array(scores.length);
  let [count, positives, negatives] = [0, 0, 0];
  for (let i = order.length - 1; i >= 0; i--) {
    const row = order[i]!;
    const score = finite[row]!;
    if (score === -Infinity) break;
    const weight = weights === undefined ? 1 : weights[row]!;
    if (isPositive[row] === 1) positives += weight;
    else negatives += weight;
    if (count === 0 || thresholds[count - 1] !== score) count++;
    thresholds[count - 1] = score;
    truePositives[count - 1] = positives;
    falsePositives[count - 1] = negatives;
  }
  return {
    thresholds: thresholds.slice(0, count),
    truePositives: truePositives.slice(0, count),
    falsePositives: falsePositives.slice(0, count),
    positives,
    negatives,
  };
}
