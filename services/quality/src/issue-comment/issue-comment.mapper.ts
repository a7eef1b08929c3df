import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type IssueCommentSchema,
  IssueCommentKind as Kind,
} from '@noema/contracts/noema/quality/v1/issue_comment';
import type { IssueComment, IssueCommentKind } from './issue-comment.js';

const KINDS: Readonly<Record<IssueCommentKind, Kind>> = {
  text: Kind.TEXT,
  closed: Kind.CLOSED,
  reopened: Kind.REOPENED,
  'closed-by-test': Kind.CLOSED_BY_TEST,
};

export const issueCommentMessage = ({
  kind,
  mentionedMemberIds,
  createTime,
  updateTime,
  ...comment
}: IssueComment): MessageInitShape<typeof IssueCommentSchema> => ({
  ...comment,
  kind: KINDS[kind],
  mentionedMemberIds: [...mentionedMemberIds],
  createTime: timestampFromDate(createTime),
  updateTime: timestampFromDate(updateTime),
});
