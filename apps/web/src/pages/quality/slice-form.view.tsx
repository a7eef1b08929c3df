import { Autocomplete, Button, Code, CloseButton, Group, Stack, Text, TextInput } from '@mantine/core';
import type { Slice } from '@noema/contracts/noema/datasets/v1/slice';
import { useState } from 'react';
import { ActionView } from '../../parts/action.view.js';

/** The slices of a suite: names of conditions, written here or taken from the slices of the data. */
export function SliceFormView({
  slices,
  known,
  onPut,
  onRemove,
}: {
  slices: readonly (readonly [name: string, where: string])[];
  /** Slices of the data that are conditions. */
  known: readonly Slice[];
  onPut: (name: string, where: string) => void;
  onRemove: (name: string) => void;
}) {
  const [isAdding, setAdding] = useState(false);
  const [name, setName] = useState('');
  const [where, setWhere] = useState('');
  const off =
    name.trim() === '' || where.trim() === '' ? 'Give the slice a name and a condition.' : undefined;
  return (
    <Stack gap={4} role="group" aria-label="Slices of the suite">
      <Text size="xs" fw={600}>
        Slices
      </Text>
      {slices.map(([one, condition]) => (
        <Group key={one} gap="xs" wrap="nowrap">
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {one}
          </Text>
          <Code
            style={{ flex: 1, minWidth: 0, overflow: 'hidden', textOverflow: 'ellipsis' }}
            title={condition}
          >
            {condition}
          </Code>
          <CloseButton
            size="sm"
            aria-label={`Remove the slice ${one}`}
            onClick={() => {
              onRemove(one);
            }}
          />
        </Group>
      ))}
      {isAdding ? (
        <form
          aria-label="Add slice"
          onSubmit={(event) => {
            event.preventDefault();
            if (off !== undefined) return;
            onPut(name.trim(), where.trim());
            setName('');
            setWhere('');
            setAdding(false);
          }}
        >
          <Group gap="xs" align="flex-end">
            <Autocomplete
              size="xs"
              label="Name of the slice"
              data={[...new Set(known.map(({ displayName }) => displayName))]}
              value={name}
              onChange={setName}
              onOptionSubmit={(chosen) => {
                setWhere(known.find(({ displayName }) => displayName === chosen)?.filter ?? '');
              }}
            />
            <TextInput
              size="xs"
              flex={1}
              miw={160}
              label="Its samples are where"
              placeholder="metadata.ink < 0.08"
              value={where}
              onChange={(event) => {
                setWhere(event.currentTarget.value);
              }}
            />
            <ActionView size="xs" type="submit" off={off}>
              Add slice
            </ActionView>
            <Button
              size="xs"
              variant="default"
              onClick={() => {
                setAdding(false);
              }}
            >
              Cancel
            </Button>
          </Group>
        </form>
      ) : (
        <Group>
          <Button
            size="xs"
            variant="subtle"
            px={4}
            onClick={() => {
              setAdding(true);
            }}
          >
            Name a slice …
          </Button>
        </Group>
      )}
    </Stack>
  );
}
