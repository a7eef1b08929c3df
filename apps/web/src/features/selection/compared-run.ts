import type { Run } from '@noema/contracts/noema/training/v1/run';

/** The run whose evaluations are compared. */
export interface ComparedRun {
  readonly runId: string;
  readonly epoch: number;
  readonly epochCount: number;
  readonly objectives: Run['objectives'];
  /** Output whose numbers are compared; empty for the first one with the losses of all. */
  readonly output: string;
}

/** The run at an epoch, by default its last one, and an output, by default the first one with the losses of all. */
export const toComparedRun = (run: Run, epoch = run.epochsDone, output = ''): ComparedRun => ({
  runId: run.id,
  epoch,
  epochCount: run.epochsDone,
  objectives: run.objectives,
  output,
});
