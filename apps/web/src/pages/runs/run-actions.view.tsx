import { ActionIcon, Menu } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type Run, RunKind, RunState } from '@noema/contracts/noema/training/v1/run';
import {
  IconCopy,
  IconDots,
  IconPencil,
  IconPlayerPlay,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { runs } from '../../api/clients.js';
import { toFault } from '../../api/query-client.js';
import { links } from '../../parts/address/links.js';
import { ActionView } from '../../parts/action.view.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { runIsOpen } from '../../parts/states.js';
import { writeRun } from '../../features/runs/run.query.js';

const NewRunView = lazyPart(async () => ({
  default: (await import('../../features/new-run/new-run.view.js')).NewRunView,
}));

const RenameDialogView = lazyPart(async () => ({
  default: (await import('../../parts/rename-dialog.view.js')).RenameDialogView,
}));

/** Stops, resumes, renames, duplicates and deletes a run. */
export function RunActionsView({ run }: { run: Run }) {
  const { noEdit } = useRights();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asked, setAsked] = useState<'stop' | 'rename' | 'duplicate' | 'delete'>();
  const keep = ({ run: changed }: { run?: Run | undefined }): void => {
    if (changed !== undefined) writeRun(client, changed);
  };
  const resume = useMutation({
    mutationFn: () => runs.resumeRun({ runId: run.id }),
    onSuccess: keep,
    onError: (error) => {
      notifications.show({ color: 'red', title: 'The run was not resumed', message: toFault(error).message });
    },
  });
  const rename = async (displayName: string): Promise<void> => {
    keep(await runs.updateRun({ run: { id: run.id, displayName }, updateMask: { paths: ['display_name'] } }));
  };
  const remove = async (): Promise<void> => {
    await runs.deleteRun({ runId: run.id });
    await navigate(links.project(run.projectId));
    client.removeQueries({ queryKey: ['run', run.id] });
    await client.invalidateQueries({ queryKey: ['run-list', run.projectId] });
  };
  const open = runIsOpen(run.state);
  const resumable =
    run.settings?.kind !== RunKind.RECORDED &&
    (run.state === RunState.STOPPED || run.state === RunState.FAILED);
  return (
    <>
      {open && (
        <ActionView
          variant="default"
          leftSection={<IconPlayerStop size={16} />}
          off={noEdit ?? (run.state === RunState.STOPPING ? 'The run is stopping already.' : undefined)}
          onClick={() => {
            setAsked('stop');
          }}
        >
          Stop
        </ActionView>
      )}
      {resumable && (
        <ActionView
          variant="default"
          leftSection={<IconPlayerPlay size={16} />}
          loading={resume.isPending}
          off={noEdit}
          onClick={() => {
            resume.mutate();
          }}
        >
          {run.epochsDone === 0 ? 'Try again' : `Resume at epoch ${run.epochsDone + 1}`}
        </ActionView>
      )}
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil size={16} />}
            disabled={noEdit !== undefined}
            onClick={() => {
              setAsked('rename');
            }}
          >
            {noEdit === undefined ? 'Rename' : 'Rename (editors only)'}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconCopy size={16} />}
            disabled={noEdit !== undefined}
            onClick={() => {
              setAsked('duplicate');
            }}
          >
            {noEdit === undefined ? 'Duplicate with other settings' : 'Duplicate (editors only)'}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={noEdit !== undefined || open}
            onClick={() => {
              setAsked('delete');
            }}
          >
            {open
              ? 'Delete (stop it first)'
              : noEdit === undefined
                ? 'Delete the run'
                : 'Delete (editors only)'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked === 'rename' && (
        <Suspense>
          <RenameDialogView
            title="Rename the run"
            name={run.displayName}
            rule="What people call it"
            onClose={() => {
              setAsked(undefined);
            }}
            act={rename}
          />
        </Suspense>
      )}
      {asked === 'duplicate' && (
        <Suspense>
          <NewRunView
            projectId={run.projectId}
            opened
            like={run}
            onClose={() => {
              setAsked(undefined);
            }}
          />
        </Suspense>
      )}
      <ConfirmView
        opened={asked === 'stop'}
        onClose={() => {
          setAsked(undefined);
        }}
        title="Stop the run"
        verb="Stop it"
        act={async () => {
          keep(await runs.stopRun({ runId: run.id }));
        }}
      >
        {run.epochsDone > 0
          ? `The ${counted(run.epochsDone, 'epoch')} that are done stay, with their maps.`
          : 'No epoch is done yet.'}{' '}
        What was computed of the epoch in work is lost. The run can be resumed later.
      </ConfirmView>
      <ConfirmView
        opened={asked === 'delete'}
        onClose={() => {
          setAsked(undefined);
        }}
        title="Delete the run"
        verb="Delete it"
        typed={run.displayName}
        act={remove}
      >
        The run and its {counted(run.epochsDone, 'epoch')} are deleted: weights, evaluations of all samples.
        This cannot be undone.
      </ConfirmView>
    </>
  );
}
