import { Group, Skeleton, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconSearch } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { useNavigate } from 'react-router-dom';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { ActionView } from '../../parts/action.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { useRights } from '../../parts/role.query.js';
import { useProjects } from '../../features/project/project.query.js';
import { ProjectTableView } from './project-table.view.js';

// Only a team without projects reads them.
const FirstStepsView = lazyPart(async () => ({
  default: (await import('./first-steps.view.js')).FirstStepsView,
}));
const ProjectDialogView = lazyPart(async () => ({
  default: (await import('./project-dialog.view.js')).ProjectDialogView,
}));

/** The projects of the team with what happened in them last. */
export function ProjectsPage() {
  useTitle('Projects');
  const projects = useProjects();
  const { noEdit } = useRights();
  const navigate = useNavigate();
  const [creating, setCreating] = useState(false);
  const [search, setSearch] = useState('');
  const list = projects.data;
  const found = list?.filter(({ displayName, description }) =>
    `${displayName} ${description}`.toLowerCase().includes(search.trim().toLowerCase()),
  );
  const create = (
    <ActionView
      leftSection={<IconPlus size={16} />}
      off={noEdit}
      onClick={() => {
        setCreating(true);
      }}
    >
      New project
    </ActionView>
  );
  return (
    <PageView>
      <Stack gap="md">
        <PageHeadView
          title="Projects"
          actions={
            <Group gap="sm">
              {list !== undefined && list.length > 5 && (
                <TextInput
                  aria-label="Search projects"
                  placeholder="Search"
                  leftSection={<IconSearch size={16} />}
                  value={search}
                  onChange={(event) => {
                    setSearch(event.currentTarget.value);
                  }}
                  w={220}
                />
              )}
              {list !== undefined && list.length > 0 && create}
            </Group>
          }
        >
          {list === undefined ? (
            <Skeleton h={16} w={90} mt={4} component="span" display="block" />
          ) : (
            counted(list.length, 'project')
          )}
        </PageHeadView>
        {projects.error !== null && list === undefined && (
          <FaultView
            error={projects.error}
            retry={() => {
              void projects.refetch();
            }}
          />
        )}
        {projects.isPending && (
          <Stack gap={8} role="status" aria-busy="true" aria-label="loading">
            {[0, 1, 2].map((row) => (
              <Skeleton key={row} h={62} />
            ))}
          </Stack>
        )}
        {list?.length === 0 && (
          <Suspense>
            <FirstStepsView create={create} />
          </Suspense>
        )}
        {found !== undefined && list !== undefined && list.length > 0 && (
          <ProjectTableView projects={found} />
        )}
      </Stack>
      {creating && (
        <Suspense>
          <ProjectDialogView
            opened
            onClose={() => {
              setCreating(false);
            }}
            onDone={({ id }) => {
              void navigate(links.project(id));
            }}
          />
        </Suspense>
      )}
    </PageView>
  );
}
