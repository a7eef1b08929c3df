import { Group, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import { FaultView } from '../../parts/fault.view.js';
import { count } from '../../parts/numbers.js';
import type { ComparedRun } from './compared-run.js';
import { SliceMenuView } from './slice-menu.view.js';
import { useSlices } from './slices.query.js';
import styles from './selection.module.css';

/** The named slices of the data: each can be selected on the map, compared, renamed, deleted. */
export function SlicesView({
  datasetVersionId,
  current,
  run,
  onSelect,
  onFilter,
}: {
  datasetVersionId: string;
  /** The run whose metrics are compared. */
  run: ComparedRun;
  current: string | undefined;
  onSelect: (sliceId: string) => void;
  onFilter: (sliceId: string) => void;
}) {
  const slices = useSlices(datasetVersionId);
  if (slices.error !== null && slices.data === undefined)
    return (
      <FaultView
        error={slices.error}
        retry={() => {
          void slices.refetch();
        }}
      />
    );
  if (slices.data === undefined) return <Skeleton h={32} />;
  if (slices.data.length === 0)
    return (
      <Text size="xs" c="dimmed">
        None yet. Draw a lasso around some dots, then save them under a name.
      </Text>
    );
  return (
    <Stack gap={2}>
      {slices.data.map((slice) => (
        <Group key={slice.id} gap={4} wrap="nowrap">
          <UnstyledButton
            flex={1}
            className={styles.confusion}
            aria-pressed={slice.id === current}
            title={slice.description || 'Select it on the map'}
            onClick={() => {
              onSelect(slice.id);
            }}
            style={{ minWidth: 0, margin: 0 }}
          >
            <Group justify="space-between" wrap="nowrap" gap="xs">
              <Text size="sm" truncate fw={slice.id === current ? 650 : 400}>
                {slice.displayName}
              </Text>
              <Text size="xs" c="dimmed">
                {count(slice.sampleCount)}
              </Text>
            </Group>
          </UnstyledButton>
          <SliceMenuView
            slice={slice}
            slices={slices.data}
            run={run}
            onFilter={() => {
              onFilter(slice.id);
            }}
          />
        </Group>
      ))}
    </Stack>
  );
}
