import { type JobResource, deriveUuid } from '@noema/kernel';

/** Results of a judgment, once they are stored. */
export interface JudgmentContents {
  /** Epoch that was judged. */
  readonly epoch: number;
  /** Empty without a baseline. */
  readonly baselineRunId: string;
  readonly passing: number;
  readonly failing: number;
  readonly undecided: number;
  readonly closedIssueIds: readonly string[];
}

/** Work that judges one epoch of a run by one suite. */
export interface TestJudgment extends JobResource {
  readonly projectId: string;
  readonly testSuiteId: string;
  readonly runId: string;
  /** Epoch that was chosen; 0 for the last one. */
  readonly chosenEpoch: number;
  readonly createdBy: string;
  /** Undefined until the job has succeeded. */
  readonly contents: JudgmentContents | undefined;
}

export type NewJudgment = Pick<
  TestJudgment,
  'id' | 'projectId' | 'testSuiteId' | 'runId' | 'chosenEpoch' | 'createdBy' | 'jobId'
>;

/** Returns the id of the judgment of a run, or of one of its epochs, by a suite: judging again replaces it. */
export const judgmentId = (testSuiteId: string, runId: string, epoch = 0): string =>
  deriveUuid('test-judgment', testSuiteId, runId, ...(epoch === 0 ? [] : [String(epoch)]));
