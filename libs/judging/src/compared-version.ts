import { findTask } from '@noema/contracts';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { type ComparedVersion, findMetrics, findRefusal } from '@noema/evaluation';

/** A run after an epoch. */
export interface RunEpoch {
  readonly run: Pick<Run, 'displayName' | 'task' | 'noLossReason' | 'settings'>;
  readonly epoch: number;
}

/** Returns the properties of a run that decide what can be compared. */
export const toComparedVersion = ({ run, epoch }: RunEpoch): ComparedVersion => ({
  title: `${run.displayName}, epoch ${epoch}`,
  task: findTask(run.task),
  noLossReason: run.noLossReason,
  loss: run.settings?.loss ?? {},
});

/** Returns why a field cannot be compared between two versions, in a sentence; undefined where it can. */
export function findFieldRefusal(before: RunEpoch, now: RunEpoch, field: string): string | undefined {
  const [one, other] = [toComparedVersion(before), toComparedVersion(now)];
  const { hasCorrectness, numbers, notes } = findMetrics(one, other);
  const refusal = findRefusal(one, other);
  if (refusal !== undefined) return refusal;
  if (field === 'loss' && !numbers.includes(field)) return notes.join('; ');
  return field === 'correct' && !hasCorrectness
    ? 'samples of this task are not correct or misclassified; compare the field loss'
    : undefined;
}
