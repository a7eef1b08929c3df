import { ActionIcon, Menu } from '@mantine/core';
import type { Project } from '@noema/contracts/noema/workspace/v1/project';
import { IconDots, IconPencil, IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { projects } from '../../api/clients.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { useRights } from '../../parts/role.query.js';

const ProjectDialogView = lazyPart(async () => ({
  default: (await import('./project-dialog.view.js')).ProjectDialogView,
}));

/** Renames and deletes a project; `onDeleted` is called after it is deleted. */
export function ProjectMenuView({
  project,
  onDeleted,
  variant = 'subtle',
}: {
  project: Project;
  onDeleted?: () => void;
  variant?: 'subtle' | 'default';
}) {
  const { canEdit, canAdmin } = useRights();
  const client = useQueryClient();
  const [asked, setAsked] = useState<'rename' | 'delete'>();
  const close = (): void => {
    setAsked(undefined);
  };
  const remove = async (): Promise<void> => {
    await projects.deleteProject({ projectId: project.id });
    onDeleted?.();
    await client.invalidateQueries({ queryKey: ['project-list'] });
  };
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <ActionIcon
            variant={variant}
            color="gray"
            size={variant === 'default' ? 36 : 'md'}
            aria-label={`Actions of ${project.displayName}`}
          >
            <IconDots size={16} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item
            leftSection={<IconPencil size={16} />}
            disabled={!canEdit}
            onClick={() => {
              setAsked('rename');
            }}
          >
            {canEdit ? 'Rename' : 'Rename (editors only)'}
          </Menu.Item>
          <Menu.Item
            color="red"
            leftSection={<IconTrash size={16} />}
            disabled={!canAdmin}
            onClick={() => {
              setAsked('delete');
            }}
          >
            {canAdmin ? 'Delete' : 'Delete (admins only)'}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {asked === 'rename' && (
        <Suspense>
          <ProjectDialogView opened onClose={close} project={project} />
        </Suspense>
      )}
      <ConfirmView
        opened={asked === 'delete'}
        onClose={close}
        title="Delete the project"
        verb="Delete it with everything in it"
        typed={project.displayName}
        act={remove}
      >
        Everything in it is deleted: data, models, runs, maps, explanations. This cannot be undone.
      </ConfirmView>
    </>
  );
}
