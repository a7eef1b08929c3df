import { ActionIcon, Group, Menu, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { IconDots, IconFilter, IconPencil, IconScale, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { ConfirmView } from '../../parts/confirm.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { count } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import type { ComparedRun } from './slice-comparison.query.js';
import { useSliceChanges } from './slice-changes.query.js';
import { useSlices } from './slices.query.js';
import styles from './selection.module.css';

const RenameSliceView = lazy(async () => ({
  default: (await import('./rename-slice.view.js')).RenameSliceView,
}));
const CompareSlicesView = lazy(async () => ({
  default: (await import('./compare-slices.view.js')).CompareSlicesView,
}));

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
  const { remove } = useSliceChanges(datasetVersionId);
  const [renamed, setRenamed] = useState<Slice>();
  const [compared, setCompared] = useState<Slice>();
  const [removed, setRemoved] = useState<Slice>();
  const { canEdit } = useRights();
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
          <Menu position="bottom-end" width={190}>
            <Menu.Target>
              <ActionIcon
                size="sm"
                variant="subtle"
                color="gray"
                aria-label={`More about ${slice.displayName}`}
              >
                <IconDots size={15} />
              </ActionIcon>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item
                leftSection={<IconFilter size={14} />}
                onClick={() => {
                  onFilter(slice.id);
                }}
              >
                Show only this
              </Menu.Item>
              <Menu.Item
                leftSection={<IconScale size={14} />}
                onClick={() => {
                  setCompared(slice);
                }}
              >
                Metrics, compare …
              </Menu.Item>
              <Menu.Item
                leftSection={<IconPencil size={14} />}
                disabled={!canEdit}
                onClick={() => {
                  setRenamed(slice);
                }}
              >
                Rename, note …
              </Menu.Item>
              <Menu.Item
                leftSection={<IconTrash size={14} />}
                color="red"
                disabled={!canEdit}
                onClick={() => {
                  setRemoved(slice);
                }}
              >
                Delete
              </Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      ))}
      {renamed !== undefined && (
        <Suspense>
          <RenameSliceView
            slice={renamed}
            onClose={() => {
              setRenamed(undefined);
            }}
          />
        </Suspense>
      )}
      {compared !== undefined && (
        <Suspense>
          <CompareSlicesView
            slices={slices.data}
            firstId={compared.id}
            datasetVersionId={datasetVersionId}
            run={run}
            onClose={() => {
              setCompared(undefined);
            }}
          />
        </Suspense>
      )}
      <ConfirmView
        opened={removed !== undefined}
        onClose={() => {
          setRemoved(undefined);
        }}
        title="Delete the slice?"
        verb="Delete"
        act={async () => {
          await remove.mutateAsync(removed!.id);
        }}
      >
        “{removed?.displayName}” is deleted. Its samples stay.
      </ConfirmView>
    </Stack>
  );
}
