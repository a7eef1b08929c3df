import { readSettings } from '../keras.settings.js';
import { describeMetric, type Judged, type MetricDescription, type MetricKind } from './metric.js';
import { emptyPositions, type PositionClasses, writePositions } from './position-classes.js';
import { PositionCounts } from './position-counts.js';

/** The predicted and the true classes of all positions of judged rows. */
function judgedPositions(judged: Judged): {
  readonly predicted: PositionClasses;
  readonly truth: PositionClasses;
} {
  const { rows, predictions, targets, width, targetWidth, channels, isExclusive } = judged;
  const form = { dims: [width / channels], channels, isExclusive };
  const [predicted, truth] = [emptyPositions(rows, form), emptyPositions(rows, form)];
  writePositions(predicted, 0, predictions, { width, isTruth: false });
  writePositions(truth, 0, targets, { width: targetWidth, isTruth: true });
  return { predicted, truth };
}

const positionMetric = (
  description: Omit<MetricDescription, 'tasks'>,
  computeValue: (counts: PositionCounts) => number,
): MetricKind =>
  describeMetric({ ...description, tasks: ['per-pixel'] }, (settings) => {
    readSettings(`metric ${description.key}`, {}, settings);
    return {
      name: description.key,
      measure(judged) {
        const counts = new PositionCounts(judged.channels);
        const { predicted, truth } = judged.positions ?? judgedPositions(judged);
        for (let row = 0; row < judged.rows; row++) counts.add(predicted, truth, row);
        return computeValue(counts);
      },
    };
  });

/** Share of all positions that are predicted correctly. */
export const pixelAccuracy = positionMetric(
  {
    key: 'pixel_accuracy',
    title: 'Accuracy by position',
    summary:
      'Share of all positions, such as the pixels of a mask or the words of a text, that are predicted correctly.',
  },
  (counts) => counts.accuracy,
);

/**
 * Intersection over union of all positions, its mean over the classes; of a mask that of its foreground
 * (Jaccard, 1912).
 */
export const meanIou = positionMetric(
  {
    key: 'mean_iou',
    title: 'Mean IoU',
    summary: 'Intersection over union of predicted and true positions, its mean over the classes.',
    reference: 'Jaccard 1912',
  },
  (counts) => counts.meanIou,
);
