import { Menu, Textarea } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type Insight, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import { IconCheck, IconPencil, IconRotate, IconTool, IconX } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { toFault } from '../../api/query-client.js';
import { type InsightChanges, useInsightActions } from '../../features/insights/insights.query.js';
import { ActionView } from '../../parts/action.view.js';
import { DialogFormView } from '../../parts/dialog-form.view.js';
import { DialogView } from '../../parts/dialog.view.js';
import { MoreActionsView } from '../../parts/more-actions.view.js';
import { useRights } from '../../parts/role.query.js';

const MAX_NOTE = 10_000;

/** The decision of members about an insight: approve, dismiss with a note, fixed, and back. */
export function ReviewView({ insight }: { insight: Insight }) {
  const { noEdit } = useRights();
  const { update } = useInsightActions(insight.projectId);
  const [open, setOpen] = useState<'dismiss' | 'note'>();
  const change = useMutation({
    mutationFn: (changes: InsightChanges) => update(insight, changes),
    onError: (error) => {
      notifications.show({
        color: 'red',
        title: 'The insight is not changed',
        message: toFault(error).message,
      });
    },
  });
  const set = (state: InsightState) => (): void => {
    change.mutate({ state });
  };
  const { state } = insight;
  const isClosed = state === InsightState.DISMISSED || state === InsightState.FIXED;
  const common = { off: noEdit, disabled: change.isPending };
  return (
    <>
      {isClosed ? (
        <ActionView
          {...common}
          variant="default"
          leftSection={<IconRotate size={16} />}
          onClick={set(InsightState.CONFIRMED)}
        >
          Open it again
        </ActionView>
      ) : (
        <>
          {state !== InsightState.APPROVED && (
            <ActionView
              {...common}
              leftSection={<IconCheck size={16} />}
              onClick={set(InsightState.APPROVED)}
            >
              Approve
            </ActionView>
          )}
          {state === InsightState.APPROVED && (
            <ActionView {...common} leftSection={<IconTool size={16} />} onClick={set(InsightState.FIXED)}>
              Mark as fixed
            </ActionView>
          )}
          <ActionView
            {...common}
            variant="default"
            leftSection={<IconX size={16} />}
            onClick={() => {
              setOpen('dismiss');
            }}
          >
            Dismiss
          </ActionView>
        </>
      )}
      <MoreActionsView>
        {!isClosed && state !== InsightState.APPROVED && (
          <Menu.Item
            leftSection={<IconTool size={16} />}
            disabled={noEdit !== undefined}
            onClick={set(InsightState.FIXED)}
          >
            Mark as fixed
          </Menu.Item>
        )}
        {state === InsightState.APPROVED && (
          <Menu.Item
            leftSection={<IconRotate size={16} />}
            disabled={noEdit !== undefined}
            onClick={set(InsightState.CONFIRMED)}
          >
            Take the approval back
          </Menu.Item>
        )}
        <Menu.Item
          leftSection={<IconPencil size={16} />}
          disabled={noEdit !== undefined}
          onClick={() => {
            setOpen('note');
          }}
        >
          {insight.note === '' ? 'Add a note' : 'Change the note'}
        </Menu.Item>
      </MoreActionsView>
      {open !== undefined && (
        <DialogView
          opened
          title={open === 'dismiss' ? 'Dismiss the insight' : 'Note'}
          onClose={() => {
            setOpen(undefined);
          }}
        >
          <NoteForm
            initial={insight.note}
            verb={open === 'dismiss' ? 'Dismiss' : 'Save'}
            act={(note) =>
              update(insight, { note, ...(open === 'dismiss' && { state: InsightState.DISMISSED }) })
            }
            onClose={() => {
              setOpen(undefined);
            }}
          />
        </DialogView>
      )}
    </>
  );
}

function NoteForm({
  initial,
  verb,
  act,
  onClose,
}: {
  initial: string;
  verb: string;
  act: (note: string) => Promise<unknown>;
  onClose: () => void;
}) {
  const [note, setNote] = useState(initial);
  const save = useMutation({ mutationFn: () => act(note.trim()), onSuccess: onClose });
  return (
    <DialogFormView save={save} verb={verb} refusal={save.error} onClose={onClose}>
      <Textarea
        label="Note"
        description="Why, for other members; later searches take it over"
        maxLength={MAX_NOTE}
        autosize
        minRows={3}
        value={note}
        data-autofocus
        onChange={(event) => {
          setNote(event.currentTarget.value);
        }}
      />
    </DialogFormView>
  );
}
