import { checkShare, optionInvalid } from './detection.errors.js';
import { matchPredictions } from './matching.js';
import {
  checkPredictions,
  checkTruths,
  groupIndices,
  type Predictions,
  sortByScore,
  type Truths,
} from './objects.js';
import type { DetectionOutcomes, OutcomeOptions, PredictionOutcome, TruthOutcome } from './outcome-kinds.js';
import { boxOverlap } from './overlap.js';

/**
 * Sorts predictions and ground truth by what went right or wrong with each object. Throws `invalid`
 * BOXES_INVALID, OPTION_INVALID. Reference: Bolya et al. 2020, "TIDE: A General Toolbox for Identifying Object
 * Detection Errors", section 2.2, with the order of the tests of tidecv 1.0; truths are matched as COCO does.
 * Where the order of tests matters: a box near a truth of its class with IoU < t is badly placed even if it
 * covers a truth of another class.
 */
export function classifyOutcomes(
  truths: Truths,
  predictions: Predictions,
  { foregroundThreshold = 0.5, backgroundThreshold = 0.1 }: OutcomeOptions = {},
): DetectionOutcomes {
  checkTruths(truths);
  checkPredictions(predictions);
  checkShare('foregroundThreshold', foregroundThreshold);
  if (!(backgroundThreshold > 0 && backgroundThreshold <= foregroundThreshold))
    throw optionInvalid(
      'backgroundThreshold',
      backgroundThreshold,
      `above 0 and at most ${foregroundThreshold} (foregroundThreshold)`,
    );
  const outcomes = {
    predictions: new Array<PredictionOutcome>(predictions.picture.length).fill('background'),
    predictionTruth: new Int32Array(predictions.picture.length).fill(-1),
    predictionOverlap: new Float64Array(predictions.picture.length),
    truths: new Array<TruthOutcome>(truths.picture.length).fill('missed'),
    truthPrediction: new Int32Array(truths.picture.length).fill(-1),
  };
  const thresholds = { foreground: foregroundThreshold, background: backgroundThreshold };
  const truthsByPicture = groupIndices(truths.picture.length, (i) => truths.picture[i]!);
  const predictionsByPicture = groupIndices(predictions.picture.length, (i) => predictions.picture[i]!);
  for (let i = 0; i < truths.picture.length; i++) if (!isCounted(truths, i)) outcomes.truths[i] = 'ignored';
  for (const [picture, indices] of predictionsByPicture) {
    const among = truthsByPicture.get(picture) ?? [];
    const matches = matchByClass(truths, predictions, { among, indices, threshold: foregroundThreshold });
    for (const prediction of sortByScore(indices, predictions.score)) {
      const cause =
        explainMatch(truths, predictions, { prediction, match: matches.get(prediction) }) ??
        explainError(truths, predictions, { prediction, among, thresholds });
      outcomes.predictions[prediction] = cause.outcome;
      outcomes.predictionTruth[prediction] = cause.truth;
      outcomes.predictionOverlap[prediction] = cause.overlap;
    }
    settleTruths(outcomes, sortByScore(indices, predictions.score));
  }
  return outcomes;
}

const isCounted = ({ crowd, ignored }: Truths, truth: number): boolean =>
  crowd?.[truth] !== 1 && ignored?.[truth] !== 1;

/** Returns the truth of each matched prediction of one picture. */
function matchByClass(
  truths: Truths,
  { boxes, classIndex, score }: Predictions,
  {
    among,
    indices,
    threshold,
  }: { readonly among: readonly number[]; readonly indices: readonly number[]; readonly threshold: number },
): Map<number, number> {
  const matches = new Map<number, number>();
  for (const group of groupIndices(indices.length, (at) => classIndex[indices[at]!]!).values()) {
    const sorted = sortByScore(
      group.map((at) => indices[at]!),
      score,
    );
    const own = among.filter((truth) => truths.classIndex[truth] === classIndex[sorted[0]!]);
    const isCrowd = (g: number): boolean => truths.crowd?.[own[g]!] === 1;
    const match = matchPredictions(
      {
        overlaps: Float64Array.from(
          sorted.flatMap((i) => own.map((j, g) => boxOverlap(boxes, i, truths.boxes, j, isCrowd(g)))),
        ),
        predictionCount: sorted.length,
        truthCount: own.length,
        isIgnored: (g) => !isCounted(truths, own[g]!),
        isCrowd,
      },
      threshold,
    );
    sorted.forEach((i, d) => {
      if (match[d]! >= 0) matches.set(i, own[match[d]!]!);
    });
  }
  return matches;
}

interface Cause {
  readonly outcome: PredictionOutcome;
  readonly truth: number;
  readonly overlap: number;
}

function explainMatch(
  truths: Truths,
  { boxes }: Predictions,
  { prediction, match }: { readonly prediction: number; readonly match: number | undefined },
): Cause | undefined {
  if (match === undefined) return undefined;
  const isCrowd = truths.crowd?.[match] === 1;
  return {
    outcome: isCounted(truths, match) ? 'true-positive' : 'ignored',
    truth: isCrowd ? -1 : match,
    overlap: boxOverlap(boxes, prediction, truths.boxes, match, isCrowd),
  };
}

/** Returns why a prediction has no match. */
function explainError(
  truths: Truths,
  { boxes, classIndex }: Predictions,
  {
    prediction,
    among,
    thresholds,
  }: {
    readonly prediction: number;
    readonly among: readonly number[];
    readonly thresholds: { readonly foreground: number; readonly background: number };
  },
): Cause {
  const own = { truth: -1, overlap: 0 };
  const other = { truth: -1, overlap: 0 };
  for (const truth of among) {
    if (!isCounted(truths, truth)) continue;
    const overlap = boxOverlap(boxes, prediction, truths.boxes, truth);
    const nearest = truths.classIndex[truth] === classIndex[prediction] ? own : other;
    if (overlap > nearest.overlap) Object.assign(nearest, { truth, overlap });
  }
  const { foreground, background } = thresholds;
  if (own.overlap >= background && own.overlap < foreground) return { outcome: 'badly-placed', ...own };
  if (other.overlap >= foreground) return { outcome: 'wrong-class', ...other };
  if (own.overlap >= foreground) return { outcome: 'duplicate', ...own };
  if (other.overlap > background) return { outcome: 'wrong-class-badly-placed', ...other };
  return { outcome: 'background', truth: -1, overlap: Math.max(own.overlap, other.overlap) };
}

/** Sets the outcomes of truths from predictions of one picture by descending score. */
function settleTruths(
  outcomes: DetectionOutcomes & { readonly truths: TruthOutcome[] },
  sorted: readonly number[],
): void {
  const settle = (allowed: readonly PredictionOutcome[]): void => {
    for (const prediction of sorted) {
      const outcome = outcomes.predictions[prediction]!;
      const truth = outcomes.predictionTruth[prediction]!;
      if (!allowed.includes(outcome) || truth < 0 || outcomes.truths[truth] !== 'missed') continue;
      outcomes.truths[truth] = outcome as TruthOutcome;
      outcomes.truthPrediction[truth] = prediction;
    }
  };
  settle(['true-positive']);
  settle(['badly-placed', 'wrong-class']);
}
