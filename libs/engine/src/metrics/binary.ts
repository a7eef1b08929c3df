import { readSettings } from '../keras.settings.js';
import { describeMetric, type Judged, type MetricKind, THRESHOLD, trueClass } from './metric.js';

/** Ground truth of every (row, output) pair as a boolean; one-hot for sparse ground truth. */
const isPositive = (judged: Judged, row: number, output: number): boolean =>
  judged.targetWidth === judged.width
    ? judged.targets[row * judged.width + output]! > 0.5
    : trueClass(judged, row) === output;

/** Share of the (row, output) pairs on the right side of the threshold; of one output its accuracy. */
export const binaryAccuracy = describeMetric(
  {
    key: 'binary_accuracy',
    title: 'Binary accuracy',
    summary: 'Share of outputs on the right side of the threshold.',
    tasks: ['multi-label', 'binary'],
    settings: THRESHOLD,
  },
  (settings) => {
    const { threshold } = readSettings('metric binary_accuracy', THRESHOLD, settings);
    return {
      name: 'binary_accuracy',
      measure(judged) {
        const { truePositives, predicted, positives } = counts(judged, threshold);
        return 1 - (predicted + positives - 2 * truePositives) / (judged.rows * judged.width);
      },
    };
  },
);

function counts(
  judged: Judged,
  threshold: number,
): { truePositives: number; predicted: number; positives: number } {
  let [truePositives, predicted, positives] = [0, 0, 0];
  for (let row = 0; row < judged.rows; row++) {
    for (let c = 0; c < judged.width; c++) {
      const says = judged.predictions[row * judged.width + c]! > threshold;
      const is = isPositive(judged, row, c);
      if (says) predicted++;
      if (is) positives++;
      if (says && is) truePositives++;
    }
  }
  return { truePositives, predicted, positives };
}

const PROBABILITIES: MetricKind['tasks'] = ['multi-class', 'multi-label', 'binary'];

/** Right ones among the outputs above the threshold; 0 when none is above it, as in Keras. */
export const precision = describeMetric(
  {
    key: 'precision',
    title: 'Precision',
    summary: 'Share of true outputs among those above the threshold.',
    tasks: PROBABILITIES,
    settings: THRESHOLD,
  },
  (settings) => {
    const { threshold } = readSettings('metric precision', THRESHOLD, settings);
    return {
      name: 'precision',
      measure(judged) {
        const { truePositives, predicted } = counts(judged, threshold);
        return predicted === 0 ? 0 : truePositives / predicted;
      },
    };
  },
);

/** Share of the true outputs that are above the threshold. */
export const recall = describeMetric(
  {
    key: 'recall',
    title: 'Recall',
    summary: 'Share of true outputs that are above the threshold.',
    tasks: PROBABILITIES,
    settings: THRESHOLD,
  },
  (settings) => {
    const { threshold } = readSettings('metric recall', THRESHOLD, settings);
    return {
      name: 'recall',
      measure(judged) {
        const { truePositives, positives } = counts(judged, threshold);
        return positives === 0 ? 0 : truePositives / positives;
      },
    };
  },
);

/**
 * Area under the ROC curve over all (row, output) pairs, exact by ranks with ties counted half (Hanley &
 * McNeil, 1982).
 */
export const auc = describeMetric(
  {
    key: 'auc',
    title: 'Area under the ROC curve',
    summary: 'Probability that a true output has a higher score than a false one.',
    tasks: PROBABILITIES,
    reference: 'Hanley & McNeil 1982',
  },
  (settings) => {
    readSettings('metric auc', {}, settings);
    return {
      name: 'auc',
      measure(judged) {
        const n = judged.rows * judged.width;
        const order = Uint32Array.from({ length: n }, (_, i) => i).sort(
          (a, b) => judged.predictions[a]! - judged.predictions[b]!,
        );
        let [positives, rankSum] = [0, 0];
        for (let i = 0; i < n; ) {
          let j = i;
          while (j < n && judged.predictions[order[j]!]! === judged.predictions[order[i]!]!) j++;
          for (let q = i; q < j; q++) {
            const at = order[q]!;
            if (!isPositive(judged, Math.floor(at / judged.width), at % judged.width)) continue;
            positives++;
            rankSum += (i + j + 1) / 2;
          }
          i = j;
        }
        const negatives = n - positives;
        return positives === 0 || negatives === 0
          ? NaN
          : (rankSum - (positives * (positives + 1)) / 2) / (positives * negatives);
      },
    };
  },
);
