import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import { DialogView } from '../../parts/dialog.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';

export interface SaveSliceProps {
  readonly opened: boolean;
  readonly title: string;
  readonly verb: string;
  readonly count: number;
  /** Values before the change; `filter` of a slice whose rows match one. */
  readonly initial?: { readonly displayName: string; readonly description: string; readonly filter?: string };
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSave: (named: { displayName: string; description: string; filter: string }) => void;
  readonly onClose: () => void;
}

/** Asks for the name of a slice and what it is about. */
export function SaveSliceView({
  opened,
  title,
  verb,
  count,
  initial,
  pending,
  error,
  onSave,
  onClose,
}: SaveSliceProps) {
  return (
    <DialogView opened={opened} onClose={onClose} title={title}>
      <Form key={String(opened)} {...{ verb, count, initial, pending, error, onSave, onClose }} />
    </DialogView>
  );
}

function Form({
  verb,
  count,
  initial,
  pending,
  error,
  onSave,
  onClose,
}: Omit<SaveSliceProps, 'opened' | 'title' | 'initial'> & { initial: SaveSliceProps['initial'] }) {
  const [name, setName] = useState(initial?.displayName ?? '');
  const [description, setDescription] = useState(initial?.description ?? '');
  const [filter, setFilter] = useState(initial?.filter ?? '');
  const hasFilter = (initial?.filter ?? '') !== '';
  const isReady = name.trim() !== '' && (!hasFilter || filter.trim() !== '');
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady)
          onSave({ displayName: name.trim(), description: description.trim(), filter: filter.trim() });
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {counted(count, 'sample')}.{' '}
          {hasFilter
            ? 'The rows of the slice match its filter.'
            : 'A slice keeps its rows and can be shown on the map of every epoch.'}
        </Text>
        <TextInput
          label="Name"
          required
          maxLength={120}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
          placeholder="open-top fours"
          data-autofocus
        />
        <Textarea
          label="Note"
          description="What it is about, for others"
          maxLength={2_000}
          autosize
          minRows={2}
          value={description}
          onChange={(event) => {
            setDescription(event.currentTarget.value);
          }}
        />
        {hasFilter && (
          <Textarea
            label="Filter"
            description="A new filter replaces the rows of the slice"
            required
            maxLength={10_000}
            autosize
            minRows={1}
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
            value={filter}
            onChange={(event) => {
              setFilter(event.currentTarget.value);
            }}
          />
        )}
        {error !== null && error !== undefined && <FaultView error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending} disabled={!isReady}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
