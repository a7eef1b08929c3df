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
  readonly initial?: { readonly displayName: string; readonly description: string };
  readonly pending: boolean;
  readonly error: unknown;
  readonly onSave: (named: { displayName: string; description: string }) => void;
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
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== '') onSave({ displayName: name.trim(), description: description.trim() });
      }}
    >
      <Stack gap="md">
        <Text size="sm" c="dimmed">
          {counted(count, 'sample')}. A slice keeps its rows and can be shown on the map of every epoch.
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
        {error !== null && error !== undefined && <FaultView error={error} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={pending} disabled={name.trim() === ''}>
            {verb}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
