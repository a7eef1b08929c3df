import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { TargetKind } from '@noema/contracts/noema/explanations/v1/heat_map';
import type { SelectionAnalysis } from '@noema/contracts/noema/explanations/v1/selection_analysis';
import { IconFlame } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { jobs } from '../../api/work-clients.js';
import { FaultView } from '../../parts/fault.view.js';
import { count } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { jobIsOpen } from '../../parts/states.js';
import {
  hasFailed,
  useExplainSelection,
  useExplanationJob,
  useSelectionAnalysis,
} from './selection.query.js';
import styles from './selection.module.css';
import type { Subject } from './subject.js';

/** The mean heat maps of a selection, which are made on request. */
export function MeanHeatMapsView({
  projectId,
  runId,
  epoch,
  subject,
  size,
}: {
  projectId: string;
  runId: string;
  epoch: number;
  subject: Subject;
  size: number;
}) {
  const { noEdit } = useRights();
  const explain = useExplainSelection(projectId, runId, epoch);
  const analysis = useSelectionAnalysis(explain.data?.id);
  const now = analysis.data ?? explain.data;
  const isOpen = now !== undefined && jobIsOpen(now.state);
  const job = useExplanationJob(now?.jobId, isOpen);
  const cancel = useMutation({
    mutationFn: () => jobs.cancelJob({ service: 'explanations', jobId: now?.jobId ?? '' }),
    onSettled: () => analysis.refetch(),
  });
  if (explain.error !== null)
    return (
      <FaultView
        error={explain.error}
        retry={() => {
          explain.mutate(subject);
        }}
      />
    );
  if (analysis.error !== null)
    return (
      <FaultView
        error={analysis.error}
        retry={() => {
          void analysis.refetch();
        }}
      />
    );
  if (now === undefined)
    return (
      <Button
        size="xs"
        variant="light"
        leftSection={<IconFlame size={14} />}
        loading={explain.isPending}
        disabled={noEdit !== undefined}
        title={noEdit}
        onClick={() => {
          explain.mutate(subject);
        }}
      >
        Show the mean heat map
      </Button>
    );
  if (isOpen) {
    const { done = 0, total = 0, message = '' } = job.data?.progress ?? {};
    return (
      <Stack gap={6} role="status" aria-live="polite">
        <Progress
          value={total > 0 ? (done / total) * 100 : 100}
          striped={total === 0}
          animated={total === 0}
          aria-label="Progress of the mean heat maps"
        />
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            {message || (total > 0 ? `${count(done)} of ${count(total)} explained` : 'waiting for a worker')}
          </Text>
          <Button
            size="compact-xs"
            variant="subtle"
            color="gray"
            onClick={() => {
              cancel.mutate();
            }}
          >
            Cancel
          </Button>
        </Group>
      </Stack>
    );
  }
  if (hasFailed(now.state))
    return (
      <Stack gap={6} role="alert">
        <Text size="xs">{now.fault?.message ?? 'It was cancelled.'}</Text>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            explain.mutate(subject);
          }}
        >
          Try again
        </Button>
      </Stack>
    );
  return <Maps analysis={now} size={size} />;
}

function Maps({ analysis, size }: { analysis: SelectionAnalysis; size: number }) {
  return (
    <Stack gap={4}>
      <Group gap="sm" align="flex-start">
        {analysis.heatMaps.map(({ id, target }) => {
          const text =
            target?.kind === TargetKind.LOSS ? 'what moves the loss' : 'evidence for the prediction';
          return (
            <figure key={id} className={styles.figure}>
              <img
                src={`/v1/selection-analyses/${encodeURIComponent(analysis.id)}/heat-maps/${encodeURIComponent(id)}`}
                width={size}
                height={size}
                alt={`Mean heat map: ${text}`}
                className={`${styles.mean ?? ''} pixelated`}
                style={{ objectFit: 'contain' }}
              />
              <figcaption>
                <Text size="xs" c="dimmed" maw={size}>
                  {text}
                </Text>
              </figcaption>
            </figure>
          );
        })}
      </Group>
      {analysis.heatMaps.length === 0 && (
        <Text size="xs" c="dimmed">
          This model has no positions that a heat map could lie over.
        </Text>
      )}
      {analysis.explainedCount < analysis.selectedCount && (
        <Text size="xs" c="dimmed">
          Of {count(analysis.explainedCount)} samples spread over the selection.
        </Text>
      )}
    </Stack>
  );
}
