import type { Run } from '@noema/contracts/noema/training/v1/run';

/** The run whose evaluations are compared. */
export interface ComparedRun {
  readonly runId: string;
  readonly epoch: number;
  readonly epochCount: number;
  readonly objectives: Run['objectives'];
}

/** The run at an epoch; at its last one unless another is named. */
export const toComparedRun = (run: Run, epoch = run.epochsDone): ComparedRun => ({
  runId: run.id,
  epoch,
  epochCount: run.epochsDone,
  objectives: run.objectives,
});
