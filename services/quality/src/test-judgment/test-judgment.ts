import { type JobResource, uuidOf } from '@noema/kernel';

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

/** Work that judges one run by one suite. */
export interface TestJudgment extends JobResource {
  readonly projectId: string;
  readonly testSuiteId: string;
  readonly runId: string;
  readonly createdBy: string;
  /** Undefined until the job has succeeded. */
  readonly contents: JudgmentContents | undefined;
}

export type NewJudgment = Pick<
  TestJudgment,
  'id' | 'projectId' | 'testSuiteId' | 'runId' | 'createdBy' | 'jobId'
>;

/** Returns the id of the judgment of a run by a suite: judging again replaces it. */
export const judgmentId = (testSuiteId: string, runId: string): string =>
  uuidOf('test-judgment', testSuiteId, runId);
