import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { percent, value } from '../../parts/numbers.js';

type Evaluated = Pick<
  SampleEvaluation,
  'task' | 'hasLoss' | 'correct' | 'predictions' | 'targets' | 'residual' | 'pixelAccuracy' | 'iou'
>;

/** True for a task that gives a sample one class. */
export const namesOneClass = (task: Task): boolean =>
  task === Task.UNSPECIFIED || task === Task.MULTI_CLASS || task === Task.BINARY;

/** What a model that gives no single class predicted for a sample; undefined for one that does. */
export function outcomeText({
  task,
  hasLoss,
  correct,
  predictions,
  targets,
  residual,
  pixelAccuracy,
  iou,
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
    return `${iou === undefined ? '' : `IoU ${value(iou)}, `}pixel accuracy ${percent(pixelAccuracy)}`;
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
