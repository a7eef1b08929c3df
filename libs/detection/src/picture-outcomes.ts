import type { Predictions, Truths } from './objects.js';
import type { DetectionOutcomes } from './outcome-kinds.js';
import { boxOverlap } from './overlap.js';

/** Outcomes of each picture; all columns are [pictures]. */
export interface PictureOutcomes {
  /** Number of objects without a prediction. */
  readonly missed: Float32Array;
  /** Number of objects that a prediction of another class covers. */
  readonly wrongClass: Float32Array;
  /** Number of objects whose prediction overlaps them too little. */
  readonly badlyPlaced: Float32Array;
  /** Number of predictions that are not the match of an object. */
  readonly falsePositives: Float32Array;
  /** Mean over the objects of the IoU with their prediction, 0 for a missed one; NaN without objects. */
  readonly iou: Float32Array;
  /**
   * LRP error from 0 (all found, with IoU 1) to 1 (nothing found): mean over matches, false positives and
   * objects without a match of (1 − IoU) / (1 − 0.5) for a match and 1 for the others; 0 on a picture without
   * objects and predictions (Oksuz et al. 2018, "Localization Recall Precision").
   */
  readonly error: Float32Array;
}

/** Foreground threshold of the outcomes. */
const FOREGROUND = 0.5;

/** Returns the outcomes by picture, from `classifyOutcomes` with its default thresholds. */
export function countOutcomes(
  truths: Truths,
  predictions: Predictions,
  outcomes: DetectionOutcomes,
  pictures: number,
): PictureOutcomes {
  const zeros = (): Float32Array => new Float32Array(pictures);
  const counts = { missed: zeros(), wrongClass: zeros(), badlyPlaced: zeros(), falsePositives: zeros() };
  const [objects, overlaps, found, costs] = [zeros(), zeros(), zeros(), zeros()];
  for (const [i, outcome] of outcomes.truths.entries()) {
    if (outcome === 'ignored') continue;
    const picture = truths.picture[i]!;
    objects[picture]!++;
    if (outcome === 'missed') counts.missed[picture]!++;
    else if (outcome === 'wrong-class') counts.wrongClass[picture]!++;
    else if (outcome === 'badly-placed') counts.badlyPlaced[picture]!++;
    const prediction = outcomes.truthPrediction[i]!;
    const overlap = prediction < 0 ? 0 : boxOverlap(predictions.boxes, prediction, truths.boxes, i);
    overlaps[picture]! += overlap;
    if (outcome !== 'true-positive') continue;
    found[picture]!++;
    costs[picture]! += (1 - overlap) / (1 - FOREGROUND);
  }
  for (const [i, outcome] of outcomes.predictions.entries())
    if (outcome !== 'true-positive' && outcome !== 'ignored')
      counts.falsePositives[predictions.picture[i]!]!++;
  return {
    ...counts,
    iou: overlaps.map((sum, picture) => sum / objects[picture]!),
    error: costs.map((cost, picture) => {
      const wrong = counts.falsePositives[picture]! + objects[picture]! - found[picture]!;
      const total = wrong + found[picture]!;
      return total === 0 ? 0 : (cost + wrong) / total;
    }),
  };
}
