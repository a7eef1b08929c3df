import { Alert, Anchor, Code, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { type Job, JobState } from '@noema/contracts/noema/jobs/v1/job';
import { IconAlertTriangle, IconPlayerStop, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useParams } from 'react-router-dom';
import { jobs } from '../../api/work-clients.js';
import { toFault } from '../../api/query-client.js';
import { links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { ActionView } from '../../parts/action.view.js';
import { FaultDetailsView } from '../../parts/fault-details.view.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { JOB_LOOKS, jobIsOpen } from '../../parts/states.js';
import { DurationView, TimeView } from '../../parts/time.view.js';
import { useLiveJob } from '../../features/jobs/job.query.js';
import { jobName, shardsText } from '../../features/jobs/job-kinds.js';
import { JobLogView } from './job-log.view.js';
import { JobProgressView } from './job-progress.view.js';
import { JobShardsView } from './job-shards.view.js';
import { useJobSubjects } from '../../features/jobs/job-subjects.query.js';

/** One job of any service: how far it is, its shards, what happened to it, and what can be done. */
export function JobPage() {
  const { service = '', jobId = '' } = useParams();
  const { query } = useLiveJob({ service, jobId });
  const job = query.data?.job;
  useTitle(job === undefined ? undefined : jobName(job), 'job');
  return (
    <PageView>
      {job === undefined ? (
        <QueryView query={query} lines={8}>
          {() => null}
        </QueryView>
      ) : (
        <JobView job={job} />
      )}
    </PageView>
  );
}

function JobView({ job }: { job: Job }) {
  const { projectId = '' } = useParams();
  const address = { service: job.service, jobId: job.id };
  const open = jobIsOpen(job.state);
  const subject = useJobSubjects(projectId, false).data?.named([job])[0]?.subject;
  return (
    <Stack gap="md">
      <PageHeadView
        title={jobName(job)}
        badge={<StateBadgeView state={JOB_LOOKS[job.state]} size="lg" />}
        actions={<Actions job={job} />}
      >
        <Group gap={6} component="span">
          {subject !== undefined && (
            <span>
              {subject.runId === undefined ? (
                subject.label
              ) : (
                <Anchor
                  component={Link}
                  to={links.run(projectId, subject.runId)}
                  size="sm"
                  underline="always"
                >
                  {subject.label}
                </Anchor>
              )}{' '}
              ·
            </span>
          )}
          <span>
            accepted <TimeView at={job.createTime} />
          </span>
          {!open && job.startTime !== undefined && (
            <span>
              · took <DurationView from={job.startTime} to={job.endTime} />
            </span>
          )}
          {shardsText(job) !== '' && <span>· {shardsText(job)}</span>}
          {job.attempt > 1 && <span>· attempt {job.attempt}</span>}
          <span>
            · <Code>{job.kind}</Code>
          </span>
        </Group>
      </PageHeadView>
      {open && <JobProgressView {...address} linked={false} />}
      {job.fault !== undefined && (
        <Alert color="red" icon={<IconAlertTriangle />} title="The job failed" role="alert">
          <Stack gap="xs">
            <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
              {job.fault.message}
            </Text>
            <FaultDetailsView fault={job.fault} />
            <div>
              <Code>{job.fault.reason}</Code>
            </div>
          </Stack>
        </Alert>
      )}
      <JobShardsView {...address} open={open} />
      <JobLogView {...address} open={open} />
    </Stack>
  );
}

function Actions({ job }: { job: Job }) {
  const { noEdit } = useRights();
  const client = useQueryClient();
  const address = { service: job.service, jobId: job.id };
  const act = useMutation({
    mutationFn: (what: 'cancel' | 'retry'): Promise<{ job?: Job | undefined }> =>
      what === 'cancel' ? jobs.cancelJob(address) : jobs.retryJob(address),
    onSuccess: () => {
      for (const key of [
        ['job', job.service, job.id],
        ['job-parts', job.service, job.id],
        ['job-list', job.service],
      ])
        void client.invalidateQueries({ queryKey: key });
    },
    onError: (error, what) => {
      notifications.show({
        color: 'red',
        title: what === 'cancel' ? 'The job was not cancelled' : 'The job was not queued again',
        message: toFault(error).message,
      });
    },
  });
  const retryable = job.state === JobState.FAILED || job.state === JobState.CANCELLED;
  return (
    <>
      {jobIsOpen(job.state) && (
        <ActionView
          variant="default"
          leftSection={<IconPlayerStop size={16} />}
          loading={act.isPending}
          off={noEdit ?? (job.state === JobState.CANCELLING ? 'The job is stopping already.' : undefined)}
          onClick={() => {
            act.mutate('cancel');
          }}
        >
          Cancel
        </ActionView>
      )}
      {retryable && (
        <ActionView
          leftSection={<IconRefresh size={16} />}
          loading={act.isPending}
          off={noEdit}
          onClick={() => {
            act.mutate('retry');
          }}
        >
          Try again
        </ActionView>
      )}
    </>
  );
}
