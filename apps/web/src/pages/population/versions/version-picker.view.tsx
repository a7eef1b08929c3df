import { Badge, Group, Select } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';

/** A version of the comparison. */
export interface PickedVersion {
  readonly runId: string;
  readonly epoch: number;
}

/** Chooses one of both versions: a run and its epoch. */
export function VersionPickerView({
  side,
  isMap,
  version: { runId, epoch },
  runs,
  onChange,
}: {
  readonly side: 'a' | 'b';
  /** Whether the map is of this version. */
  readonly isMap: boolean;
  readonly version: PickedVersion;
  readonly runs: readonly Run[];
  readonly onChange: (version: PickedVersion) => void;
}) {
  const name = side.toUpperCase();
  const run = runs.find(({ id }) => id === runId);
  return (
    <Group gap={6} wrap="nowrap" role="group" aria-label={`Version ${name}`}>
      <Badge
        variant={isMap ? 'filled' : 'light'}
        radius="sm"
        w={26}
        px={0}
        title={isMap ? 'The map is of this version' : undefined}
      >
        {name}
      </Badge>
      <Select
        size="xs"
        flex={1}
        miw={0}
        aria-label={`Run of ${name}`}
        placeholder="Choose a run"
        data={runs.map(({ id, displayName }) => ({ value: id, label: displayName || 'run without a name' }))}
        value={run === undefined ? null : runId}
        allowDeselect={false}
        searchable
        nothingFoundMessage="No run has this name"
        onChange={(next) => {
          if (next !== null) onChange({ runId: next, epoch: runs.find(({ id }) => id === next)!.epochsDone });
        }}
      />
      <Select
        size="xs"
        w={96}
        aria-label={`Epoch of ${name}`}
        data={Array.from({ length: run?.epochsDone ?? 0 }, (_, i) => ({
          value: String(i + 1),
          label: `epoch ${i + 1}`,
        }))}
        value={run === undefined ? null : String(epoch || run.epochsDone)}
        disabled={run === undefined}
        allowDeselect={false}
        onChange={(next) => {
          if (next !== null) onChange({ runId, epoch: Number(next) });
        }}
      />
    </Group>
  );
}
