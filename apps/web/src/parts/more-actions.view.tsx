import { ActionIcon, Menu } from '@mantine/core';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import type { ReactNode } from 'react';

/** The menu of further actions at the head of a page. */
export function MoreActionsView({ children }: { children: ReactNode }) {
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <ActionIcon variant="default" size={36} aria-label="More actions">
          <IconDots size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>{children}</Menu.Dropdown>
    </Menu>
  );
}

/** The entries of such a menu that open the dialogs for a new name and for the deletion. */
export function RenameAndDeleteItemsView({
  rename = 'Rename',
  off,
  onOpen,
}: {
  rename?: string;
  off: boolean;
  onOpen: (dialog: 'rename' | 'delete') => void;
}) {
  return (
    <>
      <Menu.Item
        leftSection={<IconPencil size={16} />}
        disabled={off}
        onClick={() => {
          onOpen('rename');
        }}
      >
        {rename}
      </Menu.Item>
      <Menu.Item
        color="red.8"
        leftSection={<IconTrash size={16} />}
        disabled={off}
        onClick={() => {
          onOpen('delete');
        }}
      >
        Delete
      </Menu.Item>
    </>
  );
}
