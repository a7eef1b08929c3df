import type { JudgedTest } from '@noema/evaluation';

export type { JudgedTest };

export const TEST_STATUSES = ['pass', 'fail', 'undecided'] as const;
export type TestStatus = (typeof TEST_STATUSES)[number];

/** Result of one test for one epoch of a run. */
export interface TestResult extends JudgedTest {
  readonly id: string;
  readonly projectId: string;
  readonly testSuiteId: string;
  readonly runId: string;
  /** A later time is a newer version. */
  readonly runCreateTime: Date;
  readonly epoch: number;
  readonly modelVersionId: string;
  /** Empty without a baseline. */
  readonly baselineRunId: string;
  readonly createdBy: string;
  readonly createTime: Date;
  /** True if the document of the suite has changed since. */
  readonly isOutdated: boolean;
}

/** Number of tests by the status of their newest results; `unjudged` tests have no result. */
export type TestCounts = Readonly<Record<TestStatus | 'unjudged', number>>;
