import type { SampleEvaluation, SampleObject } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { counted, percent, value } from '../../parts/numbers.js';

type Evaluated = Pick<
  SampleEvaluation,
  'task' | 'hasLoss' | 'correct' | 'predictions' | 'targets' | 'residual' | 'pixelAccuracy' | 'iou'
> &
  Partial<Pick<SampleEvaluation, 'predictedObjects' | 'trueObjects'>>;

/** True for a task that gives a sample one class. */
export const namesOneClass = (task: Task): boolean =>
  task === Task.UNSPECIFIED || task === Task.MULTI_CLASS || task === Task.BINARY;

/** The prediction for a sample by a model that gives no single class; undefined for one that does. */
export function outcomeText({
  task,
  hasLoss,
  correct,
  predictions,
  targets,
  residual,
  pixelAccuracy,
  iou,
  predictedObjects = [],
  trueObjects = [],
}: Evaluated): string | undefined {
  if (namesOneClass(task)) return undefined;
  if (task === Task.MULTI_LABEL)
    return hasLoss
      ? correct
        ? 'all labels predicted correctly'
        : 'not all labels predicted correctly'
      : 'no ground truth';
  if (task === Task.PER_PIXEL) {
    if (pixelAccuracy === undefined) return 'no ground truth';
    return `${iou === undefined ? '' : `IoU ${value(iou)}, `}accuracy by position ${percent(pixelAccuracy)}`;
  }
  if (task === Task.DETECTION) {
    const predicted = `${counted(predictedObjects.length, 'object')} predicted`;
    return hasLoss ? objectText(predictedObjects, trueObjects, iou) : `${predicted}, no ground truth`;
  }
  const numbers = (list: readonly number[]): string =>
    `${list
      .slice(0, 3)
      .map((number) => value(number))
      .join(', ')}${list.length > 3 ? ', …' : ''}`;
  const difference = residual === undefined ? '' : `, residual ${value(residual)}`;
  return (
    'predicted ' +
    `${numbers(predictions)}${targets.length === 0 ? '' : `, target ${numbers(targets)}`}${difference}`
  );
}

/** Outcomes of objects in the order in which people read them. */
const OUTCOMES: readonly (readonly [string, string])[] = [
  ['missed', 'missed'],
  ['badly-placed', 'badly placed'],
  ['wrong-class', 'of the wrong class'],
];

/** The outcome of the objects on a picture: `1 of 3 objects found, 1 missed, 1 badly placed`. */
function objectText(
  predicted: readonly SampleObject[],
  truths: readonly SampleObject[],
  iou: number | undefined,
): string {
  const count = (list: readonly SampleObject[], outcome: string): number =>
    list.filter((object) => object.outcome === outcome).length;
  const found = count(truths, 'true-positive');
  const wrong = predicted.length - count(predicted, 'true-positive');
  const parts = [
    truths.length === 0 ? 'no objects' : `${found} of ${counted(truths.length, 'object')} found`,
    ...OUTCOMES.map(([outcome, words]) => [count(truths, outcome), words] as const)
      .filter(([number]) => number > 0)
      .map(([number, words]) => `${number} ${words}`),
    ...(wrong > 0 ? [counted(wrong, 'false positive')] : []),
    ...(iou === undefined ? [] : [`IoU ${value(iou)}`]),
  ];
  return parts.join(', ');
}
