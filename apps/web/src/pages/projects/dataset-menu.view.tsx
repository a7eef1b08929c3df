import { ActionIcon, Menu } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { IconDots, IconTrash } from '@tabler/icons-react';
import { useState } from 'react';
import { datasets } from '../../api/clients.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { useRights } from '../../parts/role.query.js';

/** Deletes a dataset version; `onDeleted` is called after it is deleted. */
export function DatasetMenuView({ version, onDeleted }: { version: DatasetVersion; onDeleted: () => void }) {
  const { canEdit } = useRights();
  const [asked, setAsked] = useState(false);
  const remove = async (): Promise<void> => {
    await datasets.deleteDatasetVersion({ datasetVersionId: version.id });
    onDeleted();
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon variant="default" size={36} aria-label="More actions">
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={!canEdit}
            onClick={() => {
              setAsked(true);
            }}
          >
            {canEdit ? 'Delete the version' : 'Delete (editors only)'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmView
        opened={asked}
        onClose={() => {
          setAsked(false);
        }}
        title="Delete the dataset version"
        verb="Delete it"
        typed={version.displayName}
        act={remove}
      >
        Its samples, tensors and pictures are deleted; runs on it can no longer show them. This cannot be
        undone.
      </ConfirmView>
    </>
  );
}
