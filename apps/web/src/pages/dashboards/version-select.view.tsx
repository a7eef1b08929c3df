import { Group, Select } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { VersionChoice } from './dashboard.state.js';

/** Chooses a run and an epoch of it. */
export function VersionSelectView({
  label,
  runs,
  chosen,
  isOptional = false,
  onChange,
}: {
  label: string;
  runs: readonly Run[];
  chosen: { readonly run: Run; readonly epoch: number } | undefined;
  /** Whether there may be no version. */
  isOptional?: boolean;
  onChange: (choice: VersionChoice | undefined) => void;
}) {
  return (
    <Group gap={4} wrap="nowrap" align="flex-end">
      <Select
        size="xs"
        w={210}
        label={label}
        aria-label={`Run of ${label.toLowerCase()}`}
        placeholder="none"
        data={runs.map(({ id, displayName }) => ({ value: id, label: displayName }))}
        value={chosen?.run.id ?? null}
        searchable={runs.length > 8}
        clearable={isOptional}
        allowDeselect={isOptional}
        onChange={(runId) => {
          onChange(runId === null ? undefined : { runId, epoch: 0 });
        }}
      />
      {chosen !== undefined && (
        <Select
          size="xs"
          w={104}
          aria-label={`Epoch of ${label.toLowerCase()}`}
          data={Array.from({ length: chosen.run.epochsDone }, (_, i) => ({
            value: String(i + 1),
            label: `epoch ${i + 1}`,
          })).reverse()}
          value={String(chosen.epoch)}
          allowDeselect={false}
          onChange={(epoch) => {
            onChange({ runId: chosen.run.id, epoch: Number(epoch) });
          }}
        />
      )}
    </Group>
  );
}
