import { SegmentedControl, Skeleton, Text } from '@mantine/core';
import { Suspense } from 'react';
import { useSlices } from '../../../features/selection/slices.query.js';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import { counted } from '../../../parts/numbers.js';
import { usePopulation } from '../model/population-context.js';
import type { SelectedSamples, SelectionPart } from './selected-samples.state.js';
import { withFilter, withRows } from '../selection/filters.js';
import { codeOfPoints, findSliceId } from '../selection/selection-mask.js';
import styles from '../style/population.module.css';

const SelectionView = lazyPart(async () => ({
  default: (await import('../../../features/selection/selection.view.js')).SelectionView,
}));
const SamplesPanelView = lazyPart(async () => ({
  default: (await import('../gallery/samples-panel.view.js')).SamplesPanelView,
}));

const PARTS = [
  { value: 'differences', label: 'What differs' },
  { value: 'samples', label: 'Samples' },
] as const;

/** The similarities of the selected samples and their differences from the rest, or their pictures. */
export function SelectionTabView({
  kind,
  subject,
  part,
  onPart,
}: SelectedSamples & { part: SelectionPart; onPart: (part: SelectionPart) => void }) {
  const { projectId, run, version, map, scope, order, state, later, selectedPoints, set, select } =
    usePopulation();
  const { selected } = later;
  const sliceId = findSliceId(state.selection);
  const slice = useSlices(version.id).data?.find(({ id }) => id === sliceId);
  return (
    <>
      <SegmentedControl
        size="xs"
        fullWidth
        aria-label="What is shown of the selection"
        data={[...PARTS]}
        value={part}
        onChange={onPart}
      />
      {part === 'samples' && (
        <div className={styles.samples}>
          <Suspense fallback={<Skeleton h={380} />}>
            <SamplesPanelView list={kind} />
          </Suspense>
        </div>
      )}
      {subject.others > 0 && (
        <Text size="xs" c="dimmed" role="note">
          {counted(subject.others, `placed sample is ${kind}, too`, `placed samples are ${kind}, too`)}: the
          run did not evaluate them, so{' '}
          {subject.count === 0
            ? 'there is nothing to compare. Color by metadata or label to see what they have in common.'
            : 'only the samples of the map are compared.'}
        </Text>
      )}
      {part === 'differences' && subject.count > 0 && map !== undefined && (
        <Suspense fallback={<Skeleton h={380} />}>
          <SelectionView
            projectId={projectId}
            runId={run.id}
            epoch={map.epoch}
            version={version}
            activationSetId={map.activationSetId}
            subject={subject}
            kind={kind}
            slice={kind === 'selected' ? slice : undefined}
            onClear={() => {
              if (kind === 'selected') select(undefined);
              else set({ filters: [], search: '' });
            }}
            onFilter={() => {
              if (selected !== undefined && order !== undefined)
                set({
                  filters: withRows(
                    state.filters,
                    state.filters.some((one) => one.kind === 'rows')
                      ? codeOfPoints(selected, order)
                      : state.selection,
                  ),
                  selection: '',
                });
            }}
            onSimilar={() => {
              if (order !== undefined)
                set({
                  like: selectedPoints
                    .map((point) => order.toRow(point))
                    .filter((row) => row < (scope?.placed?.firstRow ?? Infinity)),
                });
            }}
            onSaved={(id) => {
              set({ selection: `slice:${id}` });
            }}
            onConfusion={(is, as) => {
              set({
                filters: withFilter(
                  withFilter(state.filters, { kind: 'codes', column: 'true_class', names: [is] }),
                  { kind: 'codes', column: 'predicted_class', names: [as] },
                ),
              });
            }}
          />
        </Suspense>
      )}
    </>
  );
}
