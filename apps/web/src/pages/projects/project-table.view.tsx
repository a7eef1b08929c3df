import { Anchor, Button, Group, Paper, Skeleton, Table, Text, VisuallyHidden } from '@mantine/core';
import type { Project } from '@noema/contracts/noema/workspace/v1/project';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useState } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count, metricValue, value } from '../../parts/numbers.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { RUN_LOOKS } from '../../parts/states.js';
import { TimeView } from '../../parts/time.view.js';
import { judgedSplit } from '../../features/runs/epoch-series.js';
import { splitName } from '../../parts/address/split.js';
import { useLatestRun } from '../../features/project/project.query.js';
import { ProjectMenuView } from './project-menu.view.js';

/** Projects that are shown at first. */
const FIRST = 50;

/** Projects, each with its newest run. */
export function ProjectTableView({ projects }: { projects: readonly Project[] }) {
  const [shown, setShown] = useState(FIRST);
  if (projects.length === 0)
    return (
      <Text c="dimmed" size="sm" py="lg" ta="center">
        No project has this in its name or description.
      </Text>
    );
  return (
    <Paper withBorder>
      <DataTableView minWidth={300} fixed spacing="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>project</Table.Th>
            <Table.Th w="30%" visibleFrom="sm">
              latest run
            </Table.Th>
            <Table.Th w={110} ta="right" visibleFrom="lg">
              epochs
            </Table.Th>
            <Table.Th w={120} ta="right" visibleFrom="md">
              loss
            </Table.Th>
            <Table.Th w={120} ta="right" visibleFrom="xs">
              accuracy
            </Table.Th>
            <Table.Th w={150} ta="right" visibleFrom="lg">
              last activity
            </Table.Th>
            <Table.Th w={56}>
              <VisuallyHidden>actions</VisuallyHidden>
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {projects.slice(0, shown).map((project) => (
            <ProjectRow key={project.id} project={project} />
          ))}
        </Table.Tbody>
      </DataTableView>
      {projects.length > shown && (
        <Button
          variant="subtle"
          size="xs"
          m="xs"
          onClick={() => {
            setShown(shown + FIRST);
          }}
        >
          Show more of {count(projects.length)}
        </Button>
      )}
    </Paper>
  );
}

function ProjectRow({ project }: { project: Project }) {
  const latest = useLatestRun(project.id);
  const run = latest.data ?? undefined;
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor
          component={Link}
          to={links.project(project.id)}
          fw={600}
          size="sm"
          display="block"
          truncate
          title={project.displayName}
        >
          {project.displayName}
        </Anchor>
        {project.description !== '' && <CutView text={project.description} size="xs" c="dimmed" />}
      </Table.Td>
      {latest.isPending ? (
        <Table.Td colSpan={4} visibleFrom="sm">
          <Skeleton h={18} />
        </Table.Td>
      ) : run === undefined ? (
        <Table.Td colSpan={4} visibleFrom="sm">
          <Text size="sm" c="dimmed">
            {latest.error === null ? 'no run yet' : 'its runs cannot be read now'}
          </Text>
        </Table.Td>
      ) : (
        <LatestRun run={run} />
      )}
      <Table.Td ta="right" c="dimmed" fz="sm" visibleFrom="lg">
        <TimeView at={run?.endTime ?? run?.createTime ?? project.updateTime} />
      </Table.Td>
      <Table.Td>
        <ProjectMenuView project={project} />
      </Table.Td>
    </Table.Tr>
  );
}

function LatestRun({ run }: { run: Run }) {
  const part = judgedSplit(run.lastEpoch);
  const accuracy = part?.metrics.find(({ name }) => name === 'accuracy') ?? part?.metrics[0];
  return (
    <>
      <Table.Td visibleFrom="sm">
        <Group gap="xs" wrap="nowrap">
          <Anchor
            component={Link}
            to={links.run(run.projectId, run.id)}
            size="sm"
            truncate
            title={run.displayName}
          >
            {run.displayName}
          </Anchor>
          <StateBadgeView state={RUN_LOOKS[run.state]} />
        </Group>
      </Table.Td>
      <Table.Td ta="right" fz="sm" visibleFrom="lg">
        {run.epochsDone} of {run.settings?.epochs ?? '?'}
      </Table.Td>
      <Table.Td
        ta="right"
        fz="sm"
        visibleFrom="md"
        title={part === undefined ? undefined : splitName(part.split)}
      >
        {value(part?.loss)}
      </Table.Td>
      <Table.Td
        ta="right"
        fz="sm"
        visibleFrom="xs"
        title={part === undefined ? undefined : `${accuracy?.name ?? ''}, ${splitName(part.split)}`}
      >
        {accuracy === undefined ? '–' : metricValue(accuracy.name, accuracy.value)}
      </Table.Td>
    </>
  );
}
