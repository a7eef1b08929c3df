import { Anchor, Group, Paper, Progress, Text } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { IconPlugConnectedX } from '@tabler/icons-react';
import { Link, useParams } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { DurationView } from '../../parts/time.view.js';
import { type JobAddress, useLiveJob } from '../../features/jobs/job.query.js';
import { jobName, jobShare, progressText, shardsText } from '../../features/jobs/job-kinds.js';

/** How far a job is, live, in one strip. */
export function JobProgressView({ service, jobId, linked = true }: JobAddress & { linked?: boolean }) {
  const { projectId = '' } = useParams();
  const { query, lost } = useLiveJob({ service, jobId });
  const job = query.data?.job;
  if (query.error !== null && job === undefined)
    return (
      <FaultView
        error={query.error}
        retry={() => {
          void query.refetch();
        }}
      />
    );
  const share = job === undefined ? undefined : jobShare(job);
  const works = job?.state === JobState.RUNNING;
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb={8} gap="md" aria-live="polite" aria-atomic="true" mih={22}>
        <Group gap="md">
          {job !== undefined &&
            (linked ? (
              <Anchor component={Link} to={links.job(projectId, service, jobId)} size="sm" fw={600}>
                {jobName(job)}
              </Anchor>
            ) : (
              <Text size="sm" fw={600}>
                {job.progress?.stage || jobName(job)}
              </Text>
            ))}
          <Text size="sm" c="dimmed">
            {job?.state === JobState.QUEUED ? 'waits for a worker' : progressText(job?.progress)}
          </Text>
          {job !== undefined && shardsText(job) !== '' && (
            <Text size="sm" c="dimmed">
              {shardsText(job)}
            </Text>
          )}
        </Group>
        <Group gap="xs">
          {lost && (
            <Group gap={4} c="yellow">
              <IconPlugConnectedX size={14} />
              <Text size="xs">no live news; trying again</Text>
            </Group>
          )}
          <Text size="sm" c="dimmed">
            <DurationView from={job?.createTime} to={job?.endTime} />
          </Text>
        </Group>
      </Group>
      <Progress
        value={(share ?? (works ? 1 : 0)) * 100}
        size="md"
        radius="xl"
        striped={works}
        animated={works}
        aria-label="Progress of the job"
      />
    </Paper>
  );
}
