import { Group, SegmentedControl, Select, Stack, Text } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { useState } from 'react';
import { DialogView } from '../../parts/dialog.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { OutputChoiceView } from '../runs/output-choice.view.js';
import { describeOutputs, listOutputs } from '../runs/outputs-note.js';
import { useAddressValue } from '../sample/sample-address.state.js';
import { CombineSlicesView } from './combine-slices.view.js';
import { SliceHistoryView } from './slice-history.view.js';
import { SliceTableView } from './slice-table.view.js';
import type { ComparedRun } from './compared-run.js';
import { useSliceRows } from './slice-comparison.query.js';
import { describeUpdate } from './slices.query.js';

const PARTS = [
  { value: 'now', label: 'This epoch' },
  { value: 'epochs', label: 'By epoch' },
  { value: 'sets', label: 'Combine' },
] as const;
type Part = (typeof PARTS)[number]['value'];

const toVersion = (slice: Slice | undefined) => slice && { id: slice.id, updated: describeUpdate(slice) };

/** One slice or two next to each other: metrics with intervals, metrics by epoch, and new slices from both. */
export function CompareSlicesView({
  slices,
  firstId,
  datasetVersionId,
  run: given,
  onClose,
}: {
  readonly slices: readonly Slice[];
  readonly firstId: string;
  readonly datasetVersionId: string;
  readonly run: ComparedRun;
  readonly onClose: () => void;
}) {
  const [ids, setIds] = useState<readonly [string, string | null]>([firstId, null]);
  const [part, setPart] = useState<Part>('now');
  const [first, second] = ids.map((id) => slices.find((slice) => slice.id === id));
  const rows = [useSliceRows(toVersion(first)), useSliceRows(toVersion(second))] as const;
  const failed = rows.find(({ error }) => error !== null);
  const data = slices.map(({ id, displayName }) => ({ value: id, label: displayName }));
  const subjects = [
    { title: first?.displayName ?? '', subject: rows[0].data },
    ...(second === undefined ? [] : [{ title: second.displayName, subject: rows[1].data }]),
  ];
  const [output, setOutput] = useAddressValue('output');
  const run = { ...given, output };
  const outputs = listOutputs(run.objectives, output);
  const note = describeOutputs(run.objectives, output);
  return (
    <DialogView opened onClose={onClose} title="Compare slices" size="lg">
      <Stack gap="md">
        <Group grow align="start" gap="sm" preventGrowOverflow={false} wrap="wrap">
          <Select
            label="Slice"
            data={data}
            value={ids[0]}
            allowDeselect={false}
            searchable
            onChange={(id) => {
              if (id !== null) setIds([id, ids[1] === id ? null : ids[1]]);
            }}
          />
          <Select
            label="Compared with"
            placeholder="no other slice"
            data={data.filter(({ value }) => value !== ids[0])}
            value={ids[1]}
            clearable
            searchable
            onChange={(id) => {
              setIds([ids[0], id]);
            }}
          />
        </Group>
        {part !== 'sets' && <OutputChoiceView outputs={outputs} value={output} onChange={setOutput} />}
        <SegmentedControl
          aria-label="What is shown of the slices"
          data={[...PARTS]}
          value={part}
          onChange={setPart}
        />
        {failed !== undefined && (
          <FaultView
            error={failed.error}
            retry={() => {
              void failed.refetch();
            }}
          />
        )}
        {part !== 'sets' && note !== undefined && (
          <Text size="xs" role="note">
            {note}
          </Text>
        )}
        {part === 'now' && <SliceTableView run={run} slices={subjects} />}
        {part === 'epochs' && <SliceHistoryView run={run} slices={subjects} />}
        {part === 'sets' &&
          (second === undefined ? (
            <Text size="sm" c="dimmed">
              Choose a second slice to combine both into a new one.
            </Text>
          ) : (
            <CombineSlicesView datasetVersionId={datasetVersionId} slices={subjects} />
          ))}
      </Stack>
    </DialogView>
  );
}
