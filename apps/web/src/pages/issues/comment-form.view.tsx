import { Button, Group, Stack, TextInput } from '@mantine/core';
import type { IssueComment } from '@noema/contracts/noema/quality/v1/issue_comment';
import { IconLink } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { type CommentText, useTeamMembers } from '../../features/quality/issues.query.js';
import { MentionFieldView } from '../../features/quality/mention-field.view.js';
import { findMentions } from '../../features/quality/mentions.js';
import { readViewLink } from '../../features/quality/view-link.js';
import { ActionView } from '../../parts/action.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { useRights } from '../../parts/role.query.js';
import classes from './issue.module.css';

/** The form of a comment: its text, and the address of a view. */
export function CommentFormView({
  label,
  action,
  initial,
  onSend,
  onCancel,
}: {
  label: string;
  /** Label of the button. */
  action: string;
  /** The comment that is changed; undefined for a new one. */
  initial?: Pick<IssueComment, 'text' | 'link'>;
  onSend: (comment: CommentText) => Promise<void>;
  onCancel?: () => void;
}) {
  const { noEdit } = useRights();
  const members = useTeamMembers().data ?? [];
  const [text, setText] = useState(initial?.text ?? '');
  const [typed, setTyped] = useState(initial === undefined || initial.link === '' ? undefined : initial.link);
  const view = typed === undefined ? undefined : readViewLink(typed, window.location.origin);
  const isWrong = typed !== undefined && typed.trim() !== '' && view === undefined;
  const send = useMutation({
    mutationFn: () =>
      onSend({
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
      aria-label={label}
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
            {action}
          </ActionView>
          {onCancel !== undefined && (
            <Button size="xs" variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
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
