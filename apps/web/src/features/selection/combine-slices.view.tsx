import { Button, Group, Radio, Skeleton, Stack, TextInput } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useMemo, useState } from 'react';
import { ActionView } from '../../parts/action.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { useRights } from '../../parts/role.query.js';
import { combineRows, type NamedSubject, type SetOperation } from './slice-sets.js';
import { useSliceChanges } from './slice-changes.query.js';

/** A new slice from two: all samples of both, the common ones, or the first without the second. */
export function CombineSlicesView({
  datasetVersionId,
  slices,
}: {
  readonly datasetVersionId: string;
  readonly slices: readonly NamedSubject[];
}) {
  const [kind, setKind] = useState<SetOperation>('union');
  const [name, setName] = useState('');
  const { create } = useSliceChanges(datasetVersionId);
  const { noEdit } = useRights();
  const [first, second] = slices;
  const [a, b] = [first?.subject, second?.subject];
  const results = useMemo(
    () =>
      a === undefined || b === undefined
        ? undefined
        : {
            union: combineRows('union', a, b),
            intersection: combineRows('intersection', a, b),
            difference: combineRows('difference', a, b),
          },
    [a, b],
  );
  if (results === undefined) return <Skeleton h={180} role="status" aria-busy="true" aria-label="loading" />;
  const subject = results[kind];
  const titles = {
    union: `in “${first!.title}” or “${second!.title}”`,
    intersection: `in “${first!.title}” and “${second!.title}”`,
    difference: `in “${first!.title}” and not in “${second!.title}”`,
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() === '' || subject.count === 0 || noEdit !== undefined) return;
        create.mutate(
          { displayName: name.trim(), description: `Samples ${titles[kind]}`, subject },
          {
            onSuccess: (slice) => {
              setName('');
              notifications.show({
                message: `The slice “${slice?.displayName ?? name}” has ${counted(subject.count, 'sample')}.`,
              });
            },
          },
        );
      }}
    >
      <Stack gap="sm">
        <Radio.Group
          label="Samples"
          value={kind}
          onChange={(next) => {
            setKind(next);
          }}
        >
          <Stack gap={6} mt={6}>
            {(['union', 'intersection', 'difference'] as const).map((one) => (
              <Radio
                key={one}
                value={one}
                label={titles[one]}
                description={counted(results[one].count, 'sample')}
                styles={{ label: { overflowWrap: 'anywhere' } }}
              />
            ))}
          </Stack>
        </Radio.Group>
        <TextInput
          label="Name of the new slice"
          required
          maxLength={120}
          value={name}
          onChange={(event) => {
            setName(event.currentTarget.value);
          }}
        />
        {create.error !== null && <FaultView error={create.error} />}
        <Group justify="flex-end">
          {noEdit !== undefined || subject.count === 0 ? (
            <ActionView off={noEdit ?? 'No sample is in it: a slice has at least one'}>
              Save as slice
            </ActionView>
          ) : (
            <Button type="submit" loading={create.isPending} disabled={name.trim() === ''}>
              Save as slice
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
