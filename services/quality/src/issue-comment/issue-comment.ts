export const ISSUE_COMMENT_KINDS = ['text', 'closed', 'reopened', 'closed-by-test'] as const;
export type IssueCommentKind = (typeof ISSUE_COMMENT_KINDS)[number];

/** A comment on an issue, or a change of its state. */
export interface IssueComment {
  readonly id: string;
  readonly projectId: string;
  readonly issueId: string;
  readonly kind: IssueCommentKind;
  readonly text: string;
  readonly mentionedMemberIds: readonly string[];
  /** Path of a view of the page; empty without one. */
  readonly link: string;
  /** Result that closed the issue; empty for other kinds. */
  readonly testResultId: string;
  readonly createdBy: string;
  readonly createTime: Date;
  readonly updateTime: Date;
}

export type NewIssueComment = Omit<IssueComment, 'createTime' | 'updateTime'>;

/** Fields that the author writes. */
export type IssueCommentFields = Pick<IssueComment, 'text' | 'mentionedMemberIds' | 'link'>;
