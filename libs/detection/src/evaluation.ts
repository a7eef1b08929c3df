import { type AreaRange, ClassRanking } from './class-ranking.js';
import { checkCount, checkShare, optionInvalid } from './detection.errors.js';
import { checkPredictions, checkTruths, groupIndices, type Predictions, type Truths } from './objects.js';

/** IoU from 0.5 to 0.95 in steps of 0.05, the thresholds of COCO. */
export const COCO_IOU_THRESHOLDS: readonly number[] = Array.from({ length: 10 }, (_, i) =>
  i < 9 ? 0.5 + i * ((0.95 - 0.5) / 9) : 0.95,
);

/** The areas of COCO in squared pixels. */
export const COCO_AREAS: Readonly<Record<'all' | 'small' | 'medium' | 'large', AreaRange>> = {
  all: { min: 0, max: 1e10 },
  small: { min: 0, max: 32 ** 2 },
  medium: { min: 32 ** 2, max: 96 ** 2 },
  large: { min: 96 ** 2, max: 1e10 },
};

export interface EvaluationOptions {
  /** IoU thresholds from 0 to 1, ascending. Default: `COCO_IOU_THRESHOLDS`. */
  readonly iouThresholds?: readonly number[];
  /** Default: all areas. */
  readonly area?: AreaRange;
  /** Number of predictions considered per picture and class, by descending score. Default: 100. */
  readonly maxPredictions?: number;
}

/** Figures of one class; null where the ground truth has no object of it that counts. */
export interface ClassEvaluation {
  readonly classIndex: number;
  /** Number of objects of the ground truth that count. */
  readonly truthCount: number;
  /** Average precision at each IoU threshold. */
  readonly averagePrecision: readonly number[] | null;
  /** Recall at each IoU threshold. */
  readonly recall: readonly number[] | null;
}

/** Figures of all classes; null where the ground truth has no object that counts. */
export interface DetectionEvaluation {
  readonly iouThresholds: readonly number[];
  /** Mean over classes and IoU thresholds (mAP, "AP" of COCO), from 0 to 1. */
  readonly meanAveragePrecision: number | null;
  /** Mean over classes at each IoU threshold. */
  readonly averagePrecision: readonly number[] | null;
  /** Mean recall over classes and IoU thresholds ("AR" of COCO), from 0 to 1. */
  readonly meanRecall: number | null;
  /** Classes of the ground truth and of the predictions, ascending. */
  readonly classes: readonly ClassEvaluation[];
}

/**
 * Compares predictions with the ground truth as COCO does and returns average precision and recall by class and
 * over classes. Classes without ground truth have null and do not enter the means. Truths outside the area range
 * are ignored, and so are predictions outside it that match nothing. Predictions of the same score are ranked by
 * picture, then by position. Throws `invalid` BOXES_INVALID, OPTION_INVALID. Reference: cocoeval.py of
 * pycocotools 2.0; Lin et al. 2014, "Microsoft COCO: Common Objects in Context".
 */
export function evaluateDetection(
  truths: Truths,
  predictions: Predictions,
  {
    iouThresholds = COCO_IOU_THRESHOLDS,
    area = COCO_AREAS.all,
    maxPredictions = 100,
  }: EvaluationOptions = {},
): DetectionEvaluation {
  checkTruths(truths);
  checkPredictions(predictions);
  checkCount('maxPredictions', maxPredictions);
  if (iouThresholds.length === 0) throw optionInvalid('iouThresholds', '[]', 'a list of one or more');
  iouThresholds.forEach((threshold, i) => checkShare(`iouThresholds[${i}]`, threshold));
  if (!(area.min <= area.max)) throw optionInvalid('area.min', area.min, `${area.max} (area.max) or less`);

  const truthsByClass = groupIndices(truths.picture.length, (i) => truths.classIndex[i]!);
  const predictionsByClass = groupIndices(predictions.picture.length, (i) => predictions.classIndex[i]!);
  const classIndices = [...new Set([...truthsByClass.keys(), ...predictionsByClass.keys()])];
  const classes = classIndices
    .sort((a, b) => a - b)
    .map((classIndex): ClassEvaluation => {
      const ranking = new ClassRanking({ truths, predictions, area, maxPredictions, iouThresholds });
      ranking.add(truthsByClass.get(classIndex) ?? [], predictionsByClass.get(classIndex) ?? []);
      const figures = ranking.figures();
      return {
        classIndex,
        truthCount: ranking.truthCount,
        averagePrecision: figures && figures.map(({ averagePrecision }) => averagePrecision),
        recall: figures && figures.map(({ recall }) => recall),
      };
    });
  const averagePrecision = meanByThreshold(classes.map((one) => one.averagePrecision));
  return {
    iouThresholds,
    meanAveragePrecision: averagePrecision && mean(averagePrecision),
    averagePrecision,
    meanRecall: mean(meanByThreshold(classes.map(({ recall }) => recall)) ?? []),
    classes,
  };
}

const mean = (values: readonly number[]): number | null =>
  values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0) / values.length;

function meanByThreshold(classes: readonly (readonly number[] | null)[]): number[] | null {
  const known = classes.filter((values) => values !== null);
  return known.length === 0 ? null : known[0]!.map((_, t) => mean(known.map((values) => values[t]!))!);
}
