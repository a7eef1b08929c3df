import { ActionIcon, Anchor, Badge, Group, Skeleton, Text, Tooltip } from '@mantine/core';
import type { Issue } from '@noema/contracts/noema/quality/v1/issue';
import { type IssueComment, IssueCommentKind } from '@noema/contracts/noema/quality/v1/issue_comment';
import { IconLink, IconPencil, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useIssueActions, useIssueComments } from '../../features/quality/issues.query.js';
import { MarkdownView } from '../../features/quality/markdown.view.js';
import { readViewLink, viewName } from '../../features/quality/view-link.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { CommentFormView } from './comment-form.view.js';
import classes from './issue.module.css';

const EVENTS: Readonly<Partial<Record<IssueCommentKind, string>>> = {
  [IssueCommentKind.CLOSED]: 'closed the issue',
  [IssueCommentKind.REOPENED]: 'opened the issue again',
  [IssueCommentKind.CLOSED_BY_TEST]: 'closed the issue: its test passed',
};

/** The comments of an issue and its changes of state, the oldest first, and the form for another one. */
export function CommentsView({
  projectId,
  issue,
  memberName,
}: {
  projectId: string;
  issue: Issue;
  memberName: (memberId: string) => string;
}) {
  const list = useIssueComments(issue.id);
  const actions = useIssueActions(projectId);
  const texts = list.data?.filter(({ kind }) => kind === IssueCommentKind.TEXT).length;
  return (
    <SectionView title="Comments" note={texts === undefined ? undefined : counted(texts, 'comment')}>
      {list.error !== null && list.data === undefined && (
        <FaultView
          error={list.error}
          retry={() => {
            void list.refetch();
          }}
        />
      )}
      {list.data === undefined && list.error === null && <Skeleton h={60} mb="md" aria-busy="true" />}
      {list.data?.map((comment) => (
        <CommentView key={comment.id} projectId={projectId} comment={comment} memberName={memberName} />
      ))}
      <CommentFormView
        label="New comment"
        action="Comment"
        onSend={(text) => actions.comment(issue.id, text)}
      />
    </SectionView>
  );
}

function CommentView({
  projectId,
  comment,
  memberName,
}: {
  projectId: string;
  comment: IssueComment;
  memberName: (memberId: string) => string;
}) {
  const { canEdit } = useRights();
  const { removeComment, changeComment } = useIssueActions(projectId);
  const [isEdited, setEdited] = useState(false);
  const remove = useMutation({ mutationFn: () => removeComment(comment.issueId, comment.id) });
  const { kind, text, link, createdBy, createTime, updateTime, mentionedMemberIds } = comment;
  const view = readViewLink(link, window.location.origin);
  const event = EVENTS[kind];
  const isChanged = (updateTime?.seconds ?? 0n) > (createTime?.seconds ?? 0n);
  const author = kind === IssueCommentKind.CLOSED_BY_TEST ? 'The platform' : memberName(createdBy);
  return (
    <article className={classes.comment} aria-label={`Comment of ${author}`}>
      <Group gap="xs" mb={4}>
        <Text size="sm" fw={600} style={{ overflowWrap: 'anywhere' }}>
          {author}
        </Text>
        {event !== undefined && <Text size="sm">{event}</Text>}
        <Text size="xs" c="dimmed" component="span">
          <TimeView at={createTime} />
          {isChanged && (
            <>
              , changed <TimeView at={updateTime} />
            </>
          )}
        </Text>
        {kind === IssueCommentKind.TEXT && canEdit && (
          <Tooltip label="Change the comment; its author may">
            <ActionIcon
              ml="auto"
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={`Change the comment of ${author}`}
              onClick={() => {
                setEdited(!isEdited);
              }}
            >
              <IconPencil size={14} />
            </ActionIcon>
          </Tooltip>
        )}
        {kind === IssueCommentKind.TEXT && canEdit && (
          <Tooltip label="Delete the comment; its author and admins may">
            <ActionIcon
              size="sm"
              variant="subtle"
              color="gray"
              aria-label={`Delete the comment of ${author}`}
              loading={remove.isPending}
              onClick={() => {
                remove.mutate();
              }}
            >
              <IconTrash size={14} />
            </ActionIcon>
          </Tooltip>
        )}
      </Group>
      {isEdited && (
        <CommentFormView
          label={`Comment of ${author}, changed`}
          action="Save"
          initial={comment}
          onSend={async (changed) => {
            await changeComment(comment.issueId, comment.id, changed);
            setEdited(false);
          }}
          onCancel={() => {
            setEdited(false);
          }}
        />
      )}
      {!isEdited && text !== '' && <MarkdownView text={text} />}
      <Group gap="xs" mt={4}>
        {view !== undefined && (
          <Anchor component={Link} to={view} size="sm" underline="always">
            <Group gap={4} component="span">
              <IconLink size={14} aria-hidden /> {viewName(view)}
            </Group>
          </Anchor>
        )}
        {mentionedMemberIds.map((id) => (
          <Badge key={id} size="sm" variant="light" color="gray" tt="none">
            @{memberName(id)}
          </Badge>
        ))}
      </Group>
      {remove.error !== null && <FaultView error={remove.error} />}
    </article>
  );
}
