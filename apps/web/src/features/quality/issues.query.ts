import type { MessageInitShape } from '@bufbuild/protobuf';
import type { Issue, IssueSchema } from '@noema/contracts/noema/quality/v1/issue';
import type {
  CreateIssueRequest,
  CreateIssueRequestSchema,
} from '@noema/contracts/noema/quality/v1/issue_service';
import { skipToken, useQuery, useQueryClient } from '@tanstack/react-query';
import { issueComments, issues } from '../../api/quality-clients.js';
import { members } from '../../api/team-clients.js';
import { allPages } from '../../parts/pages.js';
import { toUpdateMask } from '../../parts/update-mask.js';

/** Issues that a list shows at most. */
export const MAX_ISSUES = 1_000;

/** Fields of an issue that a person changes. */
export type IssueChange = Pick<
  Exclude<MessageInitShape<typeof IssueSchema>, Issue>,
  'displayName' | 'text' | 'state' | 'assigneeId' | 'closingTest' | 'labels' | 'draft'
>;

/** A new issue without its project. */
export type NewIssue = Omit<
  Exclude<MessageInitShape<typeof CreateIssueRequestSchema>, CreateIssueRequest>,
  '$typeName' | '$unknown' | 'projectId'
>;

/** The issues of a project that meet a filter and have a label, the newest first; an empty label stands for all. */
export const useIssues = (projectId: string, filter: string, label: string) =>
  useQuery({
    queryKey: ['issue-list', projectId, filter, label],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) =>
          issues.listIssues(
            { projectId, filter, labels: label === '' ? [] : [label], pageSize: 500, pageToken },
            { signal },
          ),
        (page) => page.issues,
        MAX_ISSUES,
      ),
  });

/** The labels of the issues of a project, by name. */
export const useIssueLabels = (projectId: string) =>
  useQuery({
    queryKey: ['issue-labels', projectId],
    queryFn: ({ signal }) => issues.listIssueLabels({ projectId }, { signal }),
    select: ({ issueLabels }) => issueLabels,
  });

export const useIssue = (issueId: string) =>
  useQuery({
    queryKey: ['issue', issueId],
    queryFn: ({ signal }) => issues.getIssue({ issueId }, { signal }),
    select: ({ issue }) => issue,
  });

/** The comments of an issue, the oldest first. */
export const useIssueComments = (issueId: string) =>
  useQuery({
    queryKey: ['issue-comments', issueId],
    queryFn: ({ signal }) =>
      allPages(
        (pageToken) => issueComments.listIssueComments({ issueId, pageSize: 500, pageToken }, { signal }),
        (page) => page.issueComments,
      ),
  });

/** The members of the team. */
export const useTeamMembers = (enabled = true) =>
  useQuery({
    queryKey: ['team', 'members'],
    queryFn: enabled
      ? ({ signal }) =>
          allPages(
            (pageToken) =>
              members.listMembers({ pageSize: 1_000, pageToken, orderBy: 'create_time' }, { signal }),
            (page) => page.members,
          )
      : skipToken,
  });

/** The parts of a comment that its author writes. */
export interface CommentText {
  readonly text: string;
  readonly link: string;
  readonly mentionedMemberIds: string[];
}

/** Writes issues and comments, and has lists of them load again. */
export function useIssueActions(projectId: string) {
  const client = useQueryClient();
  const changed = async (issue: Issue | undefined): Promise<Issue | undefined> => {
    if (issue !== undefined) client.setQueryData(['issue', issue.id], { issue });
    await Promise.all([
      client.invalidateQueries({ queryKey: ['issue-list', projectId] }),
      client.invalidateQueries({ queryKey: ['issue-labels', projectId] }),
      client.invalidateQueries({ queryKey: ['issue-comments', issue?.id] }),
    ]);
    return issue;
  };
  return {
    create: async (issue: NewIssue) => changed((await issues.createIssue({ ...issue, projectId })).issue),
    update: async ({ id, etag }: Issue, change: IssueChange) =>
      changed(
        (
          await issues.updateIssue({
            // The etag refuses to overwrite the change of another person.
            issue: { id, etag, ...change },
            updateMask: toUpdateMask(change),
          })
        ).issue,
      ),
    remove: async (issueId: string) => {
      await issues.deleteIssue({ issueId });
      await changed(undefined);
    },
    comment: async (issueId: string, comment: CommentText) => {
      await issueComments.createIssueComment({ issueId, ...comment });
      await client.invalidateQueries({ queryKey: ['issue-comments', issueId] });
    },
    changeComment: async (issueId: string, id: string, comment: CommentText) => {
      await issueComments.updateIssueComment({
        issueComment: { id, ...comment },
        updateMask: toUpdateMask(comment),
      });
      await client.invalidateQueries({ queryKey: ['issue-comments', issueId] });
    },
    removeComment: async (issueId: string, issueCommentId: string) => {
      await issueComments.deleteIssueComment({ issueCommentId });
      await client.invalidateQueries({ queryKey: ['issue-comments', issueId] });
    },
  };
}
