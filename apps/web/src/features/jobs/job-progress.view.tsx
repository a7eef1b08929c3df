import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { useMutation } from '@tanstack/react-query';
import { useEffect, useEffectEvent } from 'react';
import { jobs } from '../../api/work-clients.js';
import { ActionView } from '../../parts/action.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { useRights } from '../../parts/role.query.js';
import { JOB_LOOKS, jobIsOpen } from '../../parts/states.js';
import { jobShare, progressText } from './job-kinds.js';
import { useLiveJob } from './job.query.js';

/**
 * A job that a part of the page waits for: how far it is, a way to cancel it, why it failed and a way to try
 * again. `onEnd` is called when it has ended.
 */
export function JobProgressView({
  service,
  jobId,
  title,
  onEnd,
}: {
  service: string;
  jobId: string;
  title: string;
  onEnd: () => void;
}) {
  const { query, lost } = useLiveJob({ service, jobId });
  const { noEdit } = useRights();
  const cancel = useMutation({
    mutationFn: () => jobs.cancelJob({ service, jobId }),
    onSuccess: () => query.refetch(),
  });
  const retry = useMutation({
    mutationFn: () => jobs.retryJob({ service, jobId }),
    onSuccess: () => query.refetch(),
  });
  const job = query.data?.job;
  const ended = useEffectEvent(onEnd);
  const state = job?.state;
  useEffect(() => {
    if (state !== undefined && !jobIsOpen(state)) ended();
  }, [state]);
  if (job === undefined)
    return query.error === null ? (
      <Text size="sm" c="dimmed">
        {title} …
      </Text>
    ) : (
      <FaultView
        error={query.error}
        retry={() => {
          void query.refetch();
        }}
      />
    );
  if (job.state === JobState.FAILED || job.state === JobState.CANCELLED) {
    return (
      <Stack gap="xs" align="flex-start" role="status">
        <Text size="sm" fw={600}>
          {job.state === JobState.FAILED ? `${title} failed` : `${title} was cancelled`}
        </Text>
        {job.fault !== undefined && (
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {job.fault.message} ({job.fault.reason})
          </Text>
        )}
        <ActionView
          size="xs"
          variant="light"
          off={noEdit}
          loading={retry.isPending}
          onClick={() => {
            retry.mutate();
          }}
        >
          Try again
        </ActionView>
        {retry.error !== null && <FaultView error={retry.error} />}
      </Stack>
    );
  }
  const share = jobShare(job);
  return (
    <Stack gap={6} maw={520} aria-live="polite">
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <Button
          size="compact-xs"
          variant="default"
          style={{ flex: 'none' }}
          disabled={noEdit !== undefined || job.state === JobState.CANCELLING}
          loading={cancel.isPending}
          onClick={() => {
            cancel.mutate();
          }}
        >
          Cancel
        </Button>
      </Group>
      <Progress
        value={100 * (share ?? 1)}
        animated={share === undefined}
        striped={share === undefined}
        aria-label={title}
      />
      <Text size="xs" c="dimmed">
        {lost
          ? 'The connection is lost; trying again …'
          : progressText(job.progress) || JOB_LOOKS[job.state].label}
      </Text>
      {cancel.error !== null && <FaultView error={cancel.error} />}
    </Stack>
  );
}
