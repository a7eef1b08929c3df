import { Autocomplete, Button, Group, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useState } from 'react';
import { DialogView } from '../../parts/dialog.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { useSliceChanges } from './slice-changes.query.js';
import { useSlices } from './slices.query.js';
import type { Subject } from './subject.js';

/** Asks for the slice that rows are added to or removed from. */
export function TagDialogView({
  datasetVersionId,
  subject,
  onClose,
}: {
  readonly datasetVersionId: string;
  readonly subject: Subject;
  readonly onClose: () => void;
}) {
  const slices = useSlices(datasetVersionId);
  const { create, changeRows } = useSliceChanges(datasetVersionId);
  const [text, setText] = useState('');
  const name = text.trim();
  const all = slices.data ?? [];
  const existing = all.find(({ displayName }) => displayName === name);
  const isFixed = existing !== undefined && existing.filter !== '';
  const isPending = create.isPending || changeRows.isPending;
  const error = create.error ?? changeRows.error ?? slices.error;
  const onDone = (sampleCount: number | undefined): void => {
    onClose();
    notifications.show({
      message: `The tag “${name}” has ${counted(sampleCount ?? subject.count, 'sample')}.`,
    });
  };
  const change = (kind: 'add' | 'remove') => (): void => {
    create.reset();
    changeRows.mutate(
      { id: existing!.id, [kind]: subject },
      {
        onSuccess: ({ slice }) => {
          onDone(slice?.sampleCount);
        },
      },
    );
  };
  const tag = (): void => {
    if (existing !== undefined) change('add')();
    else {
      changeRows.reset();
      create.mutate(
        { displayName: name, description: '', subject },
        {
          onSuccess: (slice) => {
            onDone(slice?.sampleCount);
          },
        },
      );
    }
  };
  return (
    <DialogView opened onClose={onClose} title={`Tag ${counted(subject.count, 'sample')}`}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name !== '' && !isFixed && slices.data !== undefined) tag();
        }}
      >
        <Stack gap="md">
          <Text size="sm" c="dimmed">
            A tag is a slice of rows: it is listed with the slices, and a map can show it.
          </Text>
          <Autocomplete
            label="Tag or slice"
            required
            maxLength={120}
            value={text}
            onChange={setText}
            data={all.filter(({ filter }) => filter === '').map(({ displayName }) => displayName)}
            limit={50}
            placeholder="to relabel"
            description={
              name === ''
                ? 'Type a new name, or choose one.'
                : existing === undefined
                  ? 'A new tag.'
                  : `Has ${counted(existing.sampleCount, 'sample')} now.`
            }
            error={
              isFixed && 'The rows of this slice are the samples that match its filter. Choose another name.'
            }
            data-autofocus
          />
          {error !== null && <FaultView error={error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            {existing !== undefined && !isFixed && (
              <Button variant="default" disabled={isPending} onClick={change('remove')}>
                Remove the tag
              </Button>
            )}
            <Button type="submit" loading={isPending} disabled={name === '' || isFixed || slices.isPending}>
              Tag
            </Button>
          </Group>
        </Stack>
      </form>
    </DialogView>
  );
}
