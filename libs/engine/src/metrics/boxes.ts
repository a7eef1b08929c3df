import {
  COCO_IOU_THRESHOLDS,
  classifyOutcomes,
  DEFAULT_SCORE_THRESHOLD,
  evaluateDetection,
  type Predictions,
  readPredictions,
  readTruths,
  type Truths,
} from '@noema/detection';
import { type DescribedSetting, readSettings } from '../keras.settings.js';
import { describeMetric, type Judged, type MetricKind } from './metric.js';

/** Rows of detection are packed objects of `@noema/detection`; positions are shares of the picture. */
const readObjects = (
  { predictions, width, targets, targetWidth }: Judged,
  minScore?: number,
): readonly [Truths, Predictions] => [
  readTruths({ data: targets, width: targetWidth }),
  readPredictions({ data: predictions, width }, minScore),
];

const averagePrecision = (
  description: Pick<MetricKind, 'key' | 'title' | 'summary'>,
  iouThresholds: readonly number[],
): MetricKind =>
  describeMetric(
    {
      ...description,
      reference: 'Lin et al. 2014',
      tasks: ['detection'],
    },
    (settings) => {
      readSettings(`metric ${description.key}`, {}, settings);
      return {
        name: description.key,
        measure: (judged) =>
          evaluateDetection(...readObjects(judged), { iouThresholds }).meanAveragePrecision ?? NaN,
      };
    },
  );

/** Average precision of COCO. */
export const meanAveragePrecision = averagePrecision(
  {
    key: 'mean_average_precision',
    title: 'mAP',
    summary: 'Average precision of boxes, its mean over classes and IoU thresholds from 0.5 to 0.95.',
  },
  COCO_IOU_THRESHOLDS,
);

/** Average precision at the IoU threshold 0.5, that of Pascal VOC with the interpolation of COCO. */
export const meanAveragePrecision50 = averagePrecision(
  {
    key: 'mean_average_precision_50',
    title: 'mAP at IoU 0.5',
    summary: 'Average precision of boxes that overlap an object by an IoU of 0.5, its mean over classes.',
  },
  [0.5],
);

const SCORE = {
  score_threshold: {
    fallback: DEFAULT_SCORE_THRESHOLD,
    min: 0,
    below: 1,
    title: 'Score threshold',
    help: 'Score from which a predicted box counts as an object.',
    step: 0.05,
  },
} as const satisfies Readonly<Record<string, DescribedSetting>>;

const matchShare = (
  description: Pick<MetricKind, 'key' | 'title' | 'summary'>,
  of: 'predictions' | 'truths',
): MetricKind =>
  describeMetric({ ...description, tasks: ['detection'], settings: SCORE }, (settings) => {
    const { score_threshold: score } = readSettings(`metric ${description.key}`, SCORE, settings);
    return {
      name: description.key,
      measure(judged) {
        const counted = classifyOutcomes(...readObjects(judged, score))[of].filter(
          (one) => one !== 'ignored',
        );
        return counted.filter((one) => one === 'true-positive').length / counted.length;
      },
    };
  });

/** Share of predicted boxes that match an object; NaN without predictions. */
export const boxPrecision = matchShare(
  {
    key: 'box_precision',
    title: 'Precision of boxes',
    summary: 'Share of predicted boxes that match an object of their class with an IoU of 0.5.',
  },
  'predictions',
);

/** Share of objects that a predicted box matches; NaN without objects. */
export const boxRecall = matchShare(
  {
    key: 'box_recall',
    title: 'Recall of boxes',
    summary: 'Share of objects that a predicted box of their class matches with an IoU of 0.5.',
  },
  'truths',
);
