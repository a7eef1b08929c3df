import { ActionIcon, Menu } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { IconDots, IconFilter, IconPencil, IconScale, IconTrash } from '@tabler/icons-react';
import { Suspense, useState } from 'react';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { ConfirmView } from '../../parts/confirm.view.js';
import { useRights } from '../../parts/role.query.js';
import { useSliceChanges } from './slice-changes.query.js';
import type { ComparedRun } from './compared-run.js';

const RenameSliceView = lazyPart(async () => ({
  default: (await import('./rename-slice.view.js')).RenameSliceView,
}));
const CompareSlicesView = lazyPart(async () => ({
  default: (await import('./compare-slices.view.js')).CompareSlicesView,
}));

/** Actions on a slice: compare its metrics, change it, delete it. */
export function SliceMenuView({
  slice,
  slices,
  run,
  onFilter,
}: {
  readonly slice: Slice;
  /** All slices of the data, which it can be compared with. */
  readonly slices: readonly Slice[];
  /** The run whose metrics are compared; `undefined` for data that no run has evaluated. */
  readonly run: ComparedRun | undefined;
  readonly onFilter?: (() => void) | undefined;
}) {
  const [dialog, setDialog] = useState<'compare' | 'change' | 'delete'>();
  const { remove } = useSliceChanges(slice.datasetVersionId);
  const { canEdit } = useRights();
  const opening = (which: typeof dialog) => () => {
    setDialog(which);
  };
  const close = opening(undefined);
  return (
    <>
      <Menu position="bottom-end" width={210}>
        <Menu.Target>
          <ActionIcon size="sm" variant="subtle" color="gray" aria-label={`More about ${slice.displayName}`}>
            <IconDots size={15} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          {onFilter !== undefined && (
            <Menu.Item leftSection={<IconFilter size={14} />} onClick={onFilter}>
              Show only this
            </Menu.Item>
          )}
          <Menu.Item
            leftSection={<IconScale size={14} />}
            disabled={run === undefined}
            onClick={opening('compare')}
          >
            {run === undefined ? 'Metrics need a run' : 'Metrics, compare …'}
          </Menu.Item>
          <Menu.Item leftSection={<IconPencil size={14} />} disabled={!canEdit} onClick={opening('change')}>
            {slice.filter === '' ? 'Rename, note …' : 'Rename, note, filter …'}
          </Menu.Item>
          <Menu.Item
            leftSection={<IconTrash size={14} />}
            color="red"
            disabled={!canEdit}
            onClick={opening('delete')}
          >
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Suspense>
        {dialog === 'change' && <RenameSliceView slice={slice} onClose={close} />}
        {dialog === 'compare' && run !== undefined && (
          <CompareSlicesView
            slices={slices}
            firstId={slice.id}
            datasetVersionId={slice.datasetVersionId}
            run={run}
            onClose={close}
          />
        )}
      </Suspense>
      <ConfirmView
        opened={dialog === 'delete'}
        onClose={close}
        title="Delete the slice?"
        verb="Delete"
        act={async () => {
          await remove.mutateAsync(slice.id);
        }}
      >
        “{slice.displayName}” is deleted. Its samples stay.
      </ConfirmView>
    </>
  );
}
