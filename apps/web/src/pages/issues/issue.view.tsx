import { Box, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type Issue, IssueState } from '@noema/contracts/noema/quality/v1/issue';
import { IconCheck, IconRotate } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { toFault } from '../../api/query-client.js';
import { AcceptDraftView } from '../../features/quality/accept-draft.view.js';
import { DraftBadgeView } from '../../features/quality/draft-badge.view.js';
import { ISSUE_LOOKS } from '../../features/quality/issue-looks.js';
import { type IssueChange, useIssueActions, useTeamMembers } from '../../features/quality/issues.query.js';
import { LabelsView } from '../../features/quality/labels.view.js';
import { MarkdownView } from '../../features/quality/markdown.view.js';
import { MentionFieldView } from '../../features/quality/mention-field.view.js';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { MoreActionsView, RenameAndDeleteItemsView } from '../../parts/more-actions.view.js';
import { RenameDialogView } from '../../parts/rename-dialog.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { TimeView } from '../../parts/time.view.js';
import { CommentsView } from './comments.view.js';
import { IssueSideView } from './issue-side.view.js';
import classes from './issue.module.css';

/** An issue with its head, text, comments, and at its side its subject. */
export function IssueView({ projectId, issue }: { projectId: string; issue: Issue }) {
  const { noEdit } = useRights();
  const navigate = useNavigate();
  const { update, remove } = useIssueActions(projectId);
  const members = useTeamMembers().data ?? [];
  const memberName = (id: string): string => members.find((member) => member.id === id)?.displayName ?? id;
  const [open, setOpen] = useState<'rename' | 'delete'>();
  const [text, setText] = useState<string>();
  const isOpen = issue.state !== IssueState.CLOSED;
  const close = (): void => {
    setOpen(undefined);
  };
  const save = useMutation({
    mutationFn: (change: IssueChange) => update(issue, change),
    onSuccess: () => {
      setText(undefined);
    },
    onError: (error) => {
      notifications.show({ color: 'red', title: 'The issue is not saved', message: toFault(error).message });
    },
  });
  return (
    <Stack gap="md">
      <PageHeadView
        title={issue.displayName}
        badge={
          <>
            <StateBadgeView size="md" state={ISSUE_LOOKS[isOpen ? 'open' : 'closed']} />
            {issue.draft && <DraftBadgeView />}
          </>
        }
        actions={
          <>
            {issue.draft && (
              <AcceptDraftView
                off={noEdit}
                onAccept={() => {
                  save.mutate({ draft: false });
                }}
              />
            )}
            <ActionView
              variant={isOpen ? 'filled' : 'default'}
              leftSection={isOpen ? <IconCheck size={16} /> : <IconRotate size={16} />}
              off={noEdit}
              loading={save.isPending}
              onClick={() => {
                save.mutate({ state: isOpen ? IssueState.CLOSED : IssueState.OPEN });
              }}
            >
              {isOpen ? 'Close' : 'Reopen'}
            </ActionView>
            <MoreActionsView>
              <RenameAndDeleteItemsView
                rename="Change the title"
                off={noEdit !== undefined}
                onOpen={setOpen}
              />
            </MoreActionsView>
          </>
        }
      >
        written by {memberName(issue.createdBy)} <TimeView at={issue.createTime} />
        {!isOpen && (
          <>
            , closed <TimeView at={issue.closeTime} />
          </>
        )}
      </PageHeadView>
      {issue.labels.length > 0 && (
        <Group gap={6}>
          <LabelsView labels={issue.labels} />
        </Group>
      )}
      <Box className={classes.columns}>
        <Stack gap="md" miw={0}>
          <SectionView
            title="Description"
            actions={
              text === undefined && (
                <ActionView
                  size="xs"
                  variant="default"
                  off={noEdit}
                  onClick={() => {
                    setText(issue.text);
                  }}
                >
                  Edit
                </ActionView>
              )
            }
          >
            {text !== undefined ? (
              <Stack gap="xs">
                <MentionFieldView label="Description" minRows={6} value={text} onChange={setText} />
                <Group gap="xs">
                  <Button
                    size="xs"
                    loading={save.isPending}
                    onClick={() => {
                      save.mutate({ text });
                    }}
                  >
                    Save
                  </Button>
                  <Button
                    size="xs"
                    variant="default"
                    onClick={() => {
                      setText(undefined);
                    }}
                  >
                    Cancel
                  </Button>
                </Group>
              </Stack>
            ) : issue.text === '' ? (
              <Text size="sm" c="dimmed">
                No description yet.
              </Text>
            ) : (
              <MarkdownView text={issue.text} />
            )}
          </SectionView>
          <CommentsView projectId={projectId} issue={issue} memberName={memberName} />
        </Stack>
        <IssueSideView
          projectId={projectId}
          issue={issue}
          members={members}
          off={noEdit !== undefined}
          onChange={(change) => {
            save.mutate(change);
          }}
        />
      </Box>
      {open === 'rename' && (
        <RenameDialogView
          title="Change the title"
          name={issue.displayName}
          rule="1 to 120 characters."
          onClose={close}
          act={(displayName) => update(issue, { displayName })}
        />
      )}
      <ConfirmView
        opened={open === 'delete'}
        onClose={close}
        title={`Delete ${issue.displayName}?`}
        verb="Delete it"
        act={async () => {
          await remove(issue.id);
          await navigate(links.issues(projectId));
        }}
      >
        The issue and its comments are deleted for all members of the team. Samples, slices and tests stay.
      </ConfirmView>
    </Stack>
  );
}
