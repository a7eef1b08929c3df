import { Anchor, Table } from '@mantine/core';
import { type KerasSpec, type Run, RunKind } from '@noema/contracts/noema/training/v1/run';
import { Task } from '@noema/contracts/noema/type/v1/task';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { describeOutputs } from '../../features/runs/outputs-note.js';
import { TimeView } from '../../parts/time.view.js';
import { count } from '../../parts/numbers.js';

/** How a run trains, all of its settings. */
export function RunSettingsView({
  run,
  dataset,
  model,
}: {
  run: Run;
  dataset: string;
  model: { readonly id: string; readonly label: string } | undefined;
}) {
  const { settings } = run;
  const outputs = describeOutputs(run.objectives);
  const isRecorded = settings?.kind === RunKind.RECORDED;
  const rows: readonly (readonly [string, ReactNode])[] = [
    [
      'kind',
      isRecorded ? 'recorded by a client' : settings?.kind === RunKind.EVALUATE ? 'evaluate' : 'train',
    ],
    [
      'data',
      <Anchor key="data" component={Link} to={links.dataset(run.projectId, run.datasetVersionId)} size="sm">
        {dataset}
      </Anchor>,
    ],
    [
      'model',
      model === undefined ? (
        '–'
      ) : (
        <Anchor
          key="model"
          component={Link}
          to={links.model(run.projectId, model.id, { version: run.modelVersionId })}
          size="sm"
        >
          {model.label}
        </Anchor>
      ),
    ],
    ['epochs', settings?.epochs === 0 ? 'as many as come' : count(settings?.epochs ?? 0)],
    ['task', taskText(run.task)],
    ...(run.objectives.length < 2
      ? []
      : run.objectives.map(
          ({ output, task, loss }) =>
            [`output ${output}`, `${taskText(task)}, loss ${specText(loss, 'none')}`] as const,
        )),
    ...(outputs === undefined ? [] : [['shown', outputs] as const]),
    // Only the client knows what it optimizes.
    ...(isRecorded
      ? []
      : ([
          ['batch size', count(settings?.batchSize ?? 0)],
          ['seed', String(settings?.seed ?? 0)],
          ['loss', run.noLossReason === '' ? specText(settings?.loss) : `none: ${run.noLossReason}`],
          ['optimizer', specText(settings?.optimizer)],
          ['learning rate', specText(settings?.learningRateSchedule, 'optimizer default')],
          ['workers', String(settings?.workers ?? 0)],
        ] as const)),
    ['metrics', settings?.metrics.map((metric) => specText(metric)).join(', ') ?? '–'],
    ['layers', settings?.layers.join(', ') || 'all learned'],
    ...(settings?.layersNote ? [['not recorded', settings.layersNote] as const] : []),
    ['engine', run.engine || '–'],
    ['started', <TimeView key="started" at={run.createTime} />],
    ['ended', <TimeView key="ended" at={run.endTime} />],
  ];
  return (
    <Table verticalSpacing={5} horizontalSpacing={0} fz="sm" withRowBorders={false}>
      <Table.Tbody>
        {rows.map(([name, text]) => (
          <Table.Tr key={name}>
            <Table.Th c="dimmed" fw={400} w={120}>
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{text}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

const TASKS: Readonly<Record<Task, string>> = {
  [Task.UNSPECIFIED]: '–',
  [Task.MULTI_CLASS]: 'one of several classes',
  [Task.MULTI_LABEL]: 'several labels',
  [Task.BINARY]: 'one of two classes',
  [Task.REGRESSION]: 'numbers (regression)',
  [Task.PER_PIXEL]: 'a class at every position',
  [Task.DETECTION]: 'boxes of objects (detection)',
};
const taskText = (task: Task): string => TASKS[task];

/** A Keras name with its settings: `adam (learning_rate 0.001)`. */
function specText(spec: KerasSpec | undefined, none = '–'): string {
  if (spec === undefined) return none;
  const config = Object.entries(spec.config ?? {}).map(
    ([name, value]) => `${name} ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  );
  return config.length === 0 ? spec.name : `${spec.name} (${config.join(', ')})`;
}
