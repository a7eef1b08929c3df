import { ActionIcon, Group, Menu, Skeleton, Stack, Text, UnstyledButton } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { IconDots, IconFilter, IconPencil, IconTrash } from '@tabler/icons-react';
import { lazy, Suspense, useState } from 'react';
import { ConfirmView } from '../../parts/confirm.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { count } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { useSliceChanges, useSlices } from './slices.query.js';
import styles from './selection.module.css';

const SaveSliceView = lazy(async () => ({ default: (await import('./save-slice.view.js')).SaveSliceView }));

/** The named slices of the data: each can be selected on the map, renamed, deleted. */
export function SlicesView({
  datasetVersionId,
  current,
  onSelect,
  onFilter,
}: {
  datasetVersionId: string;
  current: string | undefined;
  onSelect: (sliceId: string) => void;
  onFilter: (sliceId: string) => void;
}) {
  const slices = useSlices(datasetVersionId);
  const { rename, remove } = useSliceChanges(datasetVersionId);
  const [renamed, setRenamed] = useState<Slice>();
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
          <Menu position="bottom-end" width={170}>
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
                leftSection={<IconPencil size={14} />}
                disabled={!canEdit}
                onClick={() => {
                  rename.reset();
                  setRenamed(slice);
                }}
              >
                Rename
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
          <SaveSliceView
            opened
            title="Rename the slice"
            verb="Save"
            count={renamed.sampleCount}
            initial={renamed}
            pending={rename.isPending}
            error={rename.error}
            onClose={() => {
              setRenamed(undefined);
            }}
            onSave={(named) => {
              rename.mutate(
                { id: renamed.id, ...named },
                {
                  onSuccess: () => {
                    setRenamed(undefined);
                  },
                },
              );
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
