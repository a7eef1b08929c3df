import {
  ActionIcon,
  Anchor,
  Badge,
  Button,
  Group,
  Skeleton,
  Stack,
  Text,
  TextInput,
  Tooltip,
} from '@mantine/core';
import type { Issue } from '@noema/contracts/noema/quality/v1/issue';
import { type IssueComment, IssueCommentKind } from '@noema/contracts/noema/quality/v1/issue_comment';
import { IconLink, IconTrash } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { useIssueActions, useIssueComments, useTeamMembers } from '../../features/quality/issues.query.js';
import { MarkdownView } from '../../features/quality/markdown.view.js';
import { MentionFieldView } from '../../features/quality/mention-field.view.js';
import { findMentions } from '../../features/quality/mentions.js';
import { readViewLink, viewName } from '../../features/quality/view-link.js';
import { ActionView } from '../../parts/action.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
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
      <NewCommentView projectId={projectId} issueId={issue.id} />
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
  const { removeComment } = useIssueActions(projectId);
  const remove = useMutation({ mutationFn: () => removeComment(comment.issueId, comment.id) });
  const { kind, text, link, createdBy, createTime, mentionedMemberIds } = comment;
  const view = readViewLink(link, window.location.origin);
  const event = EVENTS[kind];
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
        </Text>
        {kind === IssueCommentKind.TEXT && canEdit && (
          <Tooltip label="Delete the comment; its author and admins may">
            <ActionIcon
              ml="auto"
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
      {text !== '' && <MarkdownView text={text} />}
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

function NewCommentView({ projectId, issueId }: { projectId: string; issueId: string }) {
  const { noEdit } = useRights();
  const members = useTeamMembers().data ?? [];
  const { comment } = useIssueActions(projectId);
  const [text, setText] = useState('');
  const [typed, setTyped] = useState<string>();
  const view = typed === undefined ? undefined : readViewLink(typed, window.location.origin);
  const isWrong = typed !== undefined && typed.trim() !== '' && view === undefined;
  const send = useMutation({
    mutationFn: () =>
      comment(issueId, {
        text: text.trim(),
        link: view ?? '',
        mentionedMemberIds: findMentions(text, members),
      }),
    onSuccess: () => {
      setText('');
      setTyped(undefined);
    },
  });
  return (
    <form
      aria-label="New comment"
      className={classes.comment}
      onSubmit={(event) => {
        event.preventDefault();
        if (text.trim() !== '' && !isWrong) send.mutate();
      }}
    >
      <Stack gap="xs">
        <MentionFieldView
          label="Comment"
          description="Markdown; @ mentions a member"
          value={text}
          onChange={setText}
        />
        {typed !== undefined && (
          <TextInput
            label="Address of a view"
            description="Of a map, a slice, samples or a chart: it opens as you see it"
            placeholder={`${window.location.origin}/projects/…`}
            value={typed}
            error={isWrong ? 'Not an address of this page.' : undefined}
            onChange={(event) => {
              setTyped(event.currentTarget.value);
            }}
          />
        )}
        {send.error !== null && <FaultView error={send.error} />}
        <Group gap="xs">
          <ActionView
            size="xs"
            type="submit"
            loading={send.isPending}
            off={noEdit ?? (text.trim() === '' ? 'Write a text first.' : undefined)}
          >
            Comment
          </ActionView>
          {typed === undefined && (
            <Button
              size="xs"
              variant="subtle"
              leftSection={<IconLink size={14} />}
              onClick={() => {
                setTyped('');
              }}
            >
              Link a view
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
