import { Anchor, Box, Group, Progress, Table, Text } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { CutView } from '../../parts/cut.view.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { JOB_LOOKS, jobIsOpen } from '../../parts/states.js';
import { DurationView, TimeView } from '../../parts/time.view.js';
import { jobName, jobShare, progressText, shardsText } from './job-kinds.js';
import type { NamedJob } from './job-subjects.js';

/** Jobs with their state, how far they are, how long they took and why they failed; `tall` scrolls. */
export function JobTableView({
  projectId,
  jobs,
  tall,
}: {
  projectId: string;
  jobs: readonly NamedJob[];
  tall: boolean;
}) {
  return (
    <DataTableView minWidth={300} fixed {...(tall ? { maxHeight: 560 } : {})}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>job</Table.Th>
          <Table.Th w={144}>state</Table.Th>
          <Table.Th w="26%" visibleFrom="sm">
            progress
          </Table.Th>
          <Table.Th w={96} ta="right" visibleFrom="xs">
            time
          </Table.Th>
          <Table.Th w={118} ta="right" visibleFrom="md">
            started
          </Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {jobs.map((named) => (
          <JobRow key={named.job.id} projectId={projectId} {...named} />
        ))}
      </Table.Tbody>
    </DataTableView>
  );
}

function JobRow({ projectId, job, subject }: NamedJob & { projectId: string }) {
  const share = jobShare(job);
  const open = jobIsOpen(job.state);
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} to={links.job(projectId, job.service, job.id)} size="sm" fw={500}>
          {jobName(job)}
        </Anchor>
        <CutView text={subject.label} size="xs" c="dimmed" />
      </Table.Td>
      <Table.Td>
        <StateBadgeView state={JOB_LOOKS[job.state]} />
      </Table.Td>
      <Table.Td visibleFrom="sm">
        {job.state === JobState.FAILED && (
          <CutView text={job.fault?.message ?? 'no reason was given'} c="red" size="xs" />
        )}
        {open && (
          <Box>
            <Progress
              value={(share ?? (job.state === JobState.QUEUED ? 0 : 1)) * 100}
              size="sm"
              animated={share === undefined && job.state === JobState.RUNNING}
              aria-label={`Progress of ${jobName(job)}`}
              mb={3}
            />
            <Text size="xs" c="dimmed" truncate>
              {progressText(job.progress)}
            </Text>
          </Box>
        )}
        {!open && job.state !== JobState.FAILED && (
          <Text size="xs" c="dimmed" truncate>
            {shardsText(job)}
          </Text>
        )}
        {open && shardsText(job) !== '' && (
          <Group gap={4}>
            <Text size="xs" c="dimmed">
              {shardsText(job)}
            </Text>
          </Group>
        )}
      </Table.Td>
      <Table.Td ta="right" visibleFrom="xs">
        {job.startTime === undefined ? '–' : <DurationView from={job.startTime} to={job.endTime} />}
      </Table.Td>
      <Table.Td ta="right" c="dimmed" visibleFrom="md">
        <TimeView at={job.createTime} />
      </Table.Td>
    </Table.Tr>
  );
}
