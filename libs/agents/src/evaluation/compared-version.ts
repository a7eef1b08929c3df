import { findTask } from '@noema/contracts';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { ComparedVersion } from '@noema/evaluation';

/** A run after an epoch. */
export interface RunEpoch {
  readonly run: Run;
  readonly epoch: number;
}

/** Returns the properties of a run that decide what can be compared. */
export const toComparedVersion = ({ run, epoch }: RunEpoch): ComparedVersion => ({
  title: `${run.displayName}, epoch ${epoch}`,
  task: findTask(run.task),
  noLossReason: run.noLossReason,
  loss: run.settings?.loss ?? {},
});
