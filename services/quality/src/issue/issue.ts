import type { SampleAddress } from '@noema/kernel';
import type { Revised } from '../revision/revision.js';

export const ISSUE_STATES = ['open', 'closed'] as const;
export type IssueState = (typeof ISSUE_STATES)[number];

/** Subject of an issue. */
export type IssueSubject =
  | {
      readonly kind: 'samples';
      readonly datasetVersionId: string;
      readonly samples: readonly SampleAddress[];
    }
  | { readonly kind: 'slice'; readonly sliceId: string }
  | { readonly kind: 'test-result'; readonly testResultId: string };

/** Test whose pass in a newer version closes an issue. */
export interface ClosingTest {
  readonly testSuiteId: string;
  readonly testName: string;
}

/** A problem of a model or of its data. */
export interface Issue extends Revised {
  readonly projectId: string;
  readonly displayName: string;
  readonly text: string;
  readonly state: IssueState;
  /** Id of a member; empty without one. */
  readonly assigneeId: string;
  /** Undefined: the project. */
  readonly subject: IssueSubject | undefined;
  readonly closingTest: ClosingTest | undefined;
  /** Sorted, without duplicates. */
  readonly labels: readonly string[];
  /** A run that was created later is a newer version. */
  readonly versionTime: Date;
  readonly createdBy: string;
  readonly createTime: Date;
  readonly updateTime: Date;
  /** Undefined while it is open. */
  readonly closeTime: Date | undefined;
}

export type NewIssue = Omit<Issue, 'revision' | 'createTime' | 'updateTime' | 'closeTime'>;

/** A label of the issues of a project. */
export interface IssueLabel {
  readonly name: string;
  readonly openIssues: number;
  readonly issues: number;
}

/** Fields that an update may change. */
export type IssueFields = Pick<
  Issue,
  'displayName' | 'text' | 'state' | 'assigneeId' | 'closingTest' | 'labels' | 'draft'
>;
