import { ActionIcon, Badge, Box, Group, Select, Stack, Text, Title, Tooltip } from '@mantine/core';
import type { SampleEvaluation } from '@noema/contracts/noema/training/v1/sample_evaluation';
import { IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { Link, useNavigate } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { useShortcut } from '../../parts/shortcuts/shortcuts.js';
import type { LossNeighbors } from './loss-order.query.js';
import type { SamplePlace } from '../../features/sample/sample-address.state.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { value as numberText } from '../../parts/numbers.js';
import { plainName } from '../../parts/plain-name.js';
import { lossSentence } from './sentences.js';
import { splitName } from '../../parts/address/split.js';
import { ThumbnailView } from '../../features/sample/thumbnail.view.js';
import { VerdictView } from '../../features/sample/verdict.view.js';

interface Props {
  place: SamplePlace;
  datasetVersionId: string;
  evaluation: SampleEvaluation;
  neighbors: LossNeighbors | undefined;
  epoch: number;
  epochs: number;
  learned: string;
  tab: string;
}

/**
 * The head of a sample: what it is, what is predicted, where its loss stands, and the way to its neighbors by
 * loss.
 */
export function SampleHeaderView({
  place,
  datasetVersionId,
  evaluation,
  neighbors,
  epoch,
  epochs,
  learned,
  tab,
}: Props) {
  const { sample } = place;
  const [, setEpoch] = useAddressValue('epoch');
  const total = neighbors === undefined ? 0 : neighbors.previousCount + 1 + neighbors.nextCount;
  const loss = evaluation.hasLoss
    ? lossSentence(evaluation.loss, evaluation.lossRank, total)
    : 'no loss without ground truth';
  return (
    <Group justify="space-between" gap="md" align="center">
      <Group gap="md" wrap="nowrap" style={{ minWidth: 0, maxWidth: '100%' }}>
        <ThumbnailView
          datasetVersionId={datasetVersionId}
          sample={sample}
          row={evaluation.row}
          size={64}
          alt=""
        />
        <Stack gap={4} style={{ minWidth: 0 }}>
          <Group gap="sm">
            <Title
              order={1}
              size="h2"
              title={sample.sampleId}
              style={{ overflow: 'hidden', textOverflow: 'ellipsis', whiteSpace: 'nowrap', maxWidth: '100%' }}
            >
              {sample.sampleId}
            </Title>
            <Badge variant="outline" color="gray" tt="none" fw={500} style={{ flex: 'none' }}>
              {splitName(sample.split)}
            </Badge>
            <VerdictView evaluation={evaluation} />
          </Group>
          <Text size="sm" c="dimmed" truncate>
            {loss}
            {learned === '' ? '' : ` · ${learned}`}
            {evaluation.metrics
              .map(({ name, value }) => ` · ${plainName(name)} ${numberText(value)}`)
              .join('')}
          </Text>
        </Stack>
      </Group>
      <Group gap="xs" wrap="nowrap">
        {epochs > 1 && (
          <Select
            aria-label="Epoch"
            w={118}
            size="xs"
            allowDeselect={false}
            checkIconPosition="right"
            value={String(epoch)}
            onChange={(value) => {
              setEpoch(value ?? undefined);
            }}
            data={Array.from({ length: epochs }, (_, i) => ({
              value: String(i + 1),
              label: `epoch ${i + 1}`,
            }))}
          />
        )}
        <StepView place={place} tab={tab} to={neighbors?.previous} side="previous" />
        <StepView place={place} tab={tab} to={neighbors?.next} side="next" />
      </Group>
    </Group>
  );
}

const STEPS = {
  previous: { label: 'Previous worst sample', keys: ['k', 'ArrowLeft'], icon: <IconChevronLeft size={18} /> },
  next: { label: 'Next worst sample', keys: ['j', 'ArrowRight'], icon: <IconChevronRight size={18} /> },
} as const;

function StepView({
  place,
  tab,
  to,
  side,
}: {
  place: SamplePlace;
  tab: string;
  to: SampleEvaluation | undefined;
  side: 'previous' | 'next';
}) {
  const navigate = useNavigate();
  const { label, keys, icon } = STEPS[side];
  const target =
    to?.sample === undefined
      ? undefined
      : links.sample(place.projectId, place.runId, to.sample, {
          epoch: place.askedEpoch || undefined,
          output: place.output,
          tab: tab === 'details' ? undefined : tab,
        });
  const go = (): void => {
    if (target !== undefined) void navigate(target, { replace: true });
  };
  useShortcut(keys[0], label, go, { enabled: target !== undefined });
  useShortcut(keys[1], label, go, { enabled: target !== undefined });
  if (target === undefined)
    return (
      <ActionIcon variant="default" size={30} disabled aria-label={label}>
        {icon}
      </ActionIcon>
    );
  return (
    <Tooltip
      label={
        <Box>
          {label}{' '}
          <Text span size="xs" ff="monospace">
            {keys[0]}
          </Text>
        </Box>
      }
    >
      <ActionIcon variant="default" size={30} component={Link} to={target} replace aria-label={label}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}
