import { MultiSelect } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { useMemo } from 'react';

/** Most runs in one chart. */
const MOST = 7;

/** Chooses other runs of the project to draw next to this one. */
export function ComparedRunsView({
  run,
  runs,
  chosen,
  onChange,
}: {
  run: Run;
  runs: readonly Run[];
  chosen: readonly string[];
  onChange: (ids: readonly string[]) => void;
}) {
  const others = useMemo(
    () => runs.filter(({ id, epochsDone }) => id !== run.id && epochsDone > 0),
    [runs, run.id],
  );
  const data = useMemo(
    () => others.map(({ id, displayName }) => ({ value: id, label: displayName })),
    [others],
  );
  if (others.length === 0) return null;
  return (
    <MultiSelect
      size="xs"
      w={360}
      maw="100%"
      aria-label="Compare with other runs"
      placeholder={chosen.length === 0 ? 'compare with other runs' : ''}
      data={data}
      value={[...chosen]}
      onChange={onChange}
      maxValues={MOST}
      searchable
      clearable
      hidePickedOptions
      comboboxProps={{ width: 320, position: 'bottom-end' }}
      nothingFoundMessage="No run has this name"
    />
  );
}
