import { Anchor, Table, Text } from '@mantine/core';
import type { Model, ModelVersion } from '@noema/contracts/noema/training/v1/model';
import type { TensorSpec } from '@noema/contracts/noema/type/v1/tensor_spec';
import { describeVocabulary } from '@noema/kernel/vocabulary';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { splitName } from '../../parts/address/split.js';
import { count, counted, metricValue, shape, value } from '../../parts/numbers.js';
import { useEpochs } from '../runs/epoch.query.js';
import { useRuns } from '../runs/run.query.js';

/** Names of classes that are listed. */
const MAX_CLASSES = 24;

/** Inputs and outputs of a version, the steps before its first layer, and the losses and metrics of its epoch. */
export function ModelFactsView({ model, version }: { model: Model; version: ModelVersion | undefined }) {
  const runs = useRuns(model.projectId).data;
  const runId = version?.runId ?? '';
  const run = runs?.find(({ id }) => id === runId);
  const epochs = useEpochs(run?.id ?? '', { enabled: run !== undefined });
  const epoch = epochs.data?.find((one) => one.epoch === version?.epoch);
  const rows: readonly (readonly [string, ReactNode])[] = [
    ...model.inputs.map((input) => [`input ${input.name}`, inputText(input)] as const),
    ...model.outputs.map((output) => [`output ${output.name}`, outputText(output)] as const),
    ...(run === undefined
      ? version === undefined || (runId !== '' && runs === undefined)
        ? []
        : [['trained by', runId === '' ? 'no run of this platform' : 'a run that was deleted'] as const]
      : [
          [
            'trained by',
            <Anchor key="run" component={Link} to={links.run(model.projectId, run.id)} size="sm">
              {run.displayName}
            </Anchor>,
          ] as const,
          ['epoch', count(version?.epoch ?? 0)] as const,
          ['loss function', run.settings?.loss?.name ?? (run.noLossReason || '–')] as const,
        ]),
    ...(epoch?.splits ?? []).map(
      ({ split, sampleCount, loss, metrics }) =>
        [
          splitName(split),
          [
            `loss ${value(loss)}`,
            ...metrics.map((metric) => `${metric.name} ${metricValue(metric.name, metric.value)}`),
          ].join(' · ') + ` (n = ${count(sampleCount)})`,
        ] as const,
    ),
  ];
  return (
    <Table verticalSpacing={5} horizontalSpacing={0} fz="sm" withRowBorders={false}>
      <Table.Tbody>
        {rows.map(([name, text]) => (
          <Table.Tr key={name}>
            <Table.Th c="dimmed" fw={400} w="32%" style={{ overflowWrap: 'anywhere', verticalAlign: 'top' }}>
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{text}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const inputText = ({ dims, preprocessing, vocabulary }: TensorSpec): ReactNode => (
  <>
    {shape(dims)}
    <Text size="xs" c="dimmed">
      {preprocessing.length === 0
        ? 'takes the data unchanged'
        : `before the first layer: ${preprocessing.join(' → ')}`}
    </Text>
    {vocabulary !== undefined && (
      <Text size="xs" c="dimmed">
        {describeVocabulary(vocabulary)}; data with other tokens are refused
      </Text>
    )}
  </>
);

const outputText = ({ dims, classNames }: TensorSpec): ReactNode => (
  <>
    {shape(dims)}
    {classNames.length > 0 && (
      <Text size="xs" c="dimmed">
        {counted(classNames.length, 'class', 'classes')}: {classNames.slice(0, MAX_CLASSES).join(', ')}
        {classNames.length > MAX_CLASSES && ', …'}
      </Text>
    )}
  </>
);
