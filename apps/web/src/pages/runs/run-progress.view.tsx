import { Group, Paper, Progress, Text } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { Run, RunProgress } from '@noema/contracts/noema/training/v1/run';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { count, value } from '../../parts/numbers.js';
import { DurationView } from '../../parts/time.view.js';
import { runShare } from '../../features/runs/run-share.js';

/** How far an open run is: the epoch, what is done in it, how fast, and the loss so far. */
export function RunProgressView({
  run,
  progress,
  lost,
}: {
  run: Run;
  progress: RunProgress | undefined;
  lost: boolean;
}) {
  const share = runShare(run, progress);
  const rate = run.lastEpoch?.samplesPerSecond;
  const what =
    progress === undefined
      ? run.state === RunState.QUEUED
        ? 'waits for a worker'
        : 'starting'
      : `epoch ${progress.epoch} of ${run.settings?.epochs ?? '?'}`;
  return (
    <Paper withBorder p="md">
      <Group justify="space-between" mb={8} gap="md" aria-live="polite" aria-atomic="true">
        <Group gap="md">
          <Text fw={600} size="sm">
            {what}
          </Text>
          {progress !== undefined && (
            <Text size="sm" c="dimmed">
              {progress.phase}
              {progress.total > 0 && ` · ${count(progress.done)} of ${count(progress.total)}`}
            </Text>
          )}
          {progress !== undefined && progress.loss !== 0 && (
            <Text size="sm" c="dimmed">
              loss {value(progress.loss)}
            </Text>
          )}
          {rate !== undefined && rate > 0 && (
            <Text size="sm" c="dimmed">
              {count(rate)} samples/s
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
            <DurationView from={run.createTime} to={run.endTime} />
          </Text>
        </Group>
      </Group>
      <Progress
        value={share * 100}
        size="md"
        radius="xl"
        striped={run.state === RunState.RUNNING}
        animated={run.state === RunState.RUNNING}
        aria-label="Progress of the run"
      />
    </Paper>
  );
}
