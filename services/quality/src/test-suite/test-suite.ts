import type { Revised } from '../revision/revision.js';

/** Run that a suite means by `previous` when it judges a new version. */
export const BASELINE_RULES = ['none', 'previous-run', 'fixed-run'] as const;
export type BaselineRule = (typeof BASELINE_RULES)[number];

/** Named tests of a project. */
export interface TestSuite extends Revised {
  readonly projectId: string;
  /** Unique in the project. */
  readonly displayName: string;
  /** YAML that parses and has at least one test. */
  readonly document: string;
  /** Names of the tests, which differ, in the order of the document. */
  readonly testNames: readonly string[];
  readonly runForNewVersions: boolean;
  readonly baselineRule: BaselineRule;
  /** Empty unless the rule is `fixed-run`. */
  readonly baselineRunId: string;
  readonly createdBy: string;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export type NewTestSuite = Omit<TestSuite, 'revision' | 'createTime' | 'updateTime'>;

/** Fields that a client writes. */
export type TestSuiteFields = Pick<
  TestSuite,
  'displayName' | 'document' | 'runForNewVersions' | 'baselineRule' | 'baselineRunId' | 'draft'
>;
