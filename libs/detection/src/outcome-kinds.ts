/**
 * Outcomes of a prediction, with the names of TIDE in parentheses; t is the foreground threshold, b the
 * background threshold, and IoU the highest with a counted truth of the picture. The first that holds is taken.
 * - `true-positive`: matched to a truth of its class, IoU ≥ t
 * - `ignored`: matched to a crowd or an ignored truth
 * - `badly-placed` (Loc): b ≤ IoU < t with a truth of its class
 * - `wrong-class` (Cls): IoU ≥ t with a truth of another class
 * - `duplicate` (Dupe): IoU ≥ t with a truth of its class that a prediction of higher score has
 * - `background` (Bkg): IoU ≤ b with every truth
 * - `wrong-class-badly-placed` (Both): b < IoU < t with a truth of another class
 */
export const PREDICTION_OUTCOMES = [
  'true-positive',
  'ignored',
  'badly-placed',
  'wrong-class',
  'duplicate',
  'background',
  'wrong-class-badly-placed',
] as const;
export type PredictionOutcome = (typeof PREDICTION_OUTCOMES)[number];

/**
 * Outcomes of a truth.
 * - `true-positive`: a prediction of its class has it
 * - `ignored`: a crowd or an ignored truth
 * - `badly-placed`, `wrong-class`: of the predictions with that outcome whose nearest truth it is, the one with
 *   the highest score decides
 * - `missed` (Miss): no prediction accounts for it
 */
export const TRUTH_OUTCOMES = ['true-positive', 'ignored', 'badly-placed', 'wrong-class', 'missed'] as const;
export type TruthOutcome = (typeof TRUTH_OUTCOMES)[number];

export interface OutcomeOptions {
  /** IoU from which a box is in the right place. Default: 0.5. */
  readonly foregroundThreshold?: number;
  /** IoU below which a box is on the background. Default: 0.1. */
  readonly backgroundThreshold?: number;
}

/** Outcomes of all objects, in the order of the columns that were given. */
export interface DetectionOutcomes {
  readonly predictions: readonly PredictionOutcome[];
  /** Index of the truth that the outcome of a prediction refers to, or −1 for the background and crowds. */
  readonly predictionTruth: Int32Array;
  /** IoU with that truth; for the background the highest IoU with any truth. */
  readonly predictionOverlap: Float64Array;
  readonly truths: readonly TruthOutcome[];
  /** Index of the prediction that the outcome of a truth refers to, or −1 for missed and ignored truths. */
  readonly truthPrediction: Int32Array;
}
