import { findTask } from '@noema/contracts/task';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { type ComparedVersion, findMetrics, findOutput, findRefusal } from '@noema/evaluation';

/** A run after an epoch. */
export interface RunEpoch {
  readonly run: Pick<Run, 'displayName' | 'task' | 'noLossReason' | 'settings' | 'objectives'>;
  readonly epoch: number;
  /** Name of the output that is compared. Default: the first one, with the losses of all. */
  readonly output?: string;
}

/**
 * Returns the properties of a run that decide what can be compared. Throws `not-found` OUTPUT_NOT_FOUND with the
 * outputs that the run has.
 */
export function toComparedVersion({ run, epoch, output = '' }: RunEpoch): ComparedVersion {
  const title = `${run.displayName}, epoch ${epoch}`;
  // A sum over two outputs is another loss than the loss of one.
  const losses = run.objectives.filter(({ loss }) => loss !== undefined).length;
  if (output === '')
    return {
      title,
      task: findTask(run.task),
      noLossReason: run.noLossReason,
      loss: { ...run.settings?.loss, ...(losses > 1 && { outputs: losses }) },
    };
  const { task, loss } = findOutput(run.displayName, run.objectives, output);
  const noLossReason = loss === undefined ? `the output "${output}" has no ground truth` : '';
  return {
    title: `${title}, output ${output}`,
    task: findTask(task),
    noLossReason: run.noLossReason || noLossReason,
    loss: loss ?? {},
  };
}

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
