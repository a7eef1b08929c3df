import { Button, Menu } from '@mantine/core';
import type { Dashboard } from '@noema/contracts/noema/quality/v1/dashboard';
import { notifications } from '@mantine/notifications';
import { IconLink, IconPrinter } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { toFault } from '../../api/query-client.js';
import { AcceptDraftView } from '../../features/quality/accept-draft.view.js';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { MoreActionsView, RenameAndDeleteItemsView } from '../../parts/more-actions.view.js';
import { RenameDialogView } from '../../parts/rename-dialog.view.js';
import { useRights } from '../../parts/role.query.js';
import { useDashboardActions } from './dashboards.query.js';

const RULE = '1 to 120 characters, unlike the other dashboards of the project.';

/** Saves, names, shares, prints and deletes a dashboard. */
export function DashboardActionsView({
  projectId,
  saved,
  text,
  isChanged,
  isValid,
  onSaved,
}: {
  projectId: string;
  saved: Dashboard | undefined;
  text: string;
  isChanged: boolean;
  isValid: boolean;
  /** Called after a save, when the address needs the text no more. */
  onSaved: () => void;
}) {
  const { noEdit } = useRights();
  const navigate = useNavigate();
  const { create, update, remove } = useDashboardActions(projectId);
  const [open, setOpen] = useState<'create' | 'rename' | 'delete'>();
  const close = (): void => {
    setOpen(undefined);
  };
  const save = useMutation({
    mutationFn: (change: { document?: string; draft?: boolean }) => update(saved!, change),
    onSuccess: onSaved,
    onError: (error) => {
      notifications.show({
        color: 'red',
        title: 'The dashboard is not saved',
        message: toFault(error).message,
      });
    },
  });
  const off = noEdit ?? (isValid ? undefined : 'The text has an error; mend it first.');
  return (
    <>
      {saved === undefined ? (
        <ActionView
          off={off}
          onClick={() => {
            setOpen('create');
          }}
        >
          Save
        </ActionView>
      ) : (
        isChanged && (
          <ActionView
            off={off}
            loading={save.isPending}
            onClick={() => {
              save.mutate({ document: text });
            }}
          >
            Save changes
          </ActionView>
        )
      )}
      {saved?.draft === true && (
        <AcceptDraftView
          off={noEdit}
          onAccept={() => {
            save.mutate({ draft: false });
          }}
        />
      )}
      <Button
        variant="default"
        leftSection={<IconPrinter size={16} />}
        onClick={() => {
          window.print();
        }}
      >
        PDF report
      </Button>
      <MoreActionsView>
        <Menu.Item
          leftSection={<IconLink size={16} />}
          onClick={() => {
            navigator.clipboard
              .writeText(window.location.href)
              .then(() => {
                notifications.show({
                  message: 'The address is copied; it holds charts, filters and runs.',
                });
              })
              .catch(() => {
                notifications.show({
                  color: 'yellow',
                  message: 'Copy the address of the browser instead.',
                });
              });
          }}
        >
          Copy the address
        </Menu.Item>
        {saved !== undefined && <RenameAndDeleteItemsView off={noEdit !== undefined} onOpen={setOpen} />}
      </MoreActionsView>
      {open === 'create' && (
        <RenameDialogView
          title="Save the dashboard"
          name=""
          rule={RULE}
          onClose={close}
          act={async (name) => {
            const dashboard = await create(name, text);
            if (dashboard !== undefined) await navigate(links.dashboard(projectId, dashboard.id));
          }}
        />
      )}
      {open === 'rename' && saved !== undefined && (
        <RenameDialogView
          title="Rename the dashboard"
          name={saved.displayName}
          rule={RULE}
          onClose={close}
          act={(displayName) => update(saved, { displayName })}
        />
      )}
      {saved !== undefined && (
        <ConfirmView
          opened={open === 'delete'}
          onClose={close}
          title={`Delete ${saved.displayName}?`}
          verb="Delete it"
          act={async () => {
            await remove(saved.id);
            await navigate(links.dashboards(projectId));
          }}
        >
          The dashboard is deleted for all members of the team. Runs and samples stay.
        </ConfirmView>
      )}
    </>
  );
}
