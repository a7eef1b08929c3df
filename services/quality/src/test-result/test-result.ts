export const TEST_STATUSES = ['pass', 'fail', 'undecided'] as const;
export type TestStatus = (typeof TEST_STATUSES)[number];

/** Number of a test for one version, as it was judged. */
export interface JudgedTest {
  readonly testName: string;
  readonly status: TestStatus;
  /** Undefined without a sample with a value. */
  readonly value: number | undefined;
  /** Number of the baseline; undefined if the test does not name it. */
  readonly previous: number | undefined;
  /** Interval of the number that is compared; undefined if the number is exact. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  readonly n: number;
  /** Number that the expectation compares with; undefined if it is unknown. */
  readonly limit: number | undefined;
  /** Number of samples that would decide; 0 if it is unknown. */
  readonly decidingN: number;
  readonly reason: string;
}

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
}

/** Number of tests by the status of their newest results; `unjudged` have none. */
export type TestCounts = Readonly<Record<TestStatus | 'unjudged', number>>;
