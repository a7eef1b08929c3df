import { ActionIcon, Button, Group, Select, TextInput } from '@mantine/core';
import type { Epoch } from '@noema/contracts/noema/training/v1/epoch';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { IconFilter, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { listSplits } from '../../features/runs/epoch-series.js';
import { OutputChoiceView } from '../../features/runs/output-choice.view.js';
import type { listOutputs } from '../../features/runs/outputs-note.js';
import { splitName } from '../../parts/address/split.js';
import type { EvaluationAddress } from './evaluation-address.state.js';
import { chosenSplit } from './chosen-split.js';

/** An example of a filter with fields that the task has. */
const EXAMPLES: Partial<Record<Task, string>> = {
  [Task.REGRESSION]: 'residual > 1 OR residual < -1',
  [Task.PER_PIXEL]: 'iou < 0.5',
  [Task.DETECTION]: 'missed > 0',
};

interface Controls {
  /** Outputs of the model, as choices; empty for a model with one. */
  outputs: ReturnType<typeof listOutputs>;
  task: Task;
  epochs: readonly Epoch[];
  epoch: Epoch;
  against: Epoch | undefined;
  address: EvaluationAddress;
  onChange: (changes: Partial<EvaluationAddress>) => void;
}

/** Choices of epoch, other epoch, split and filter. */
export function ControlsView({ outputs, task, epochs, epoch, against, address, onChange }: Controls) {
  const [text, setText] = useState(address.filter);
  useEffect(() => {
    setText(address.filter);
  }, [address.filter]);
  const named = epochs.map((one) => ({ value: String(one.epoch), label: `epoch ${one.epoch}` })).reverse();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange({ filter: text.trim() });
      }}
    >
      <Group gap="xs" align="end" wrap="wrap">
        <OutputChoiceView
          w={190}
          outputs={outputs}
          value={address.output}
          onChange={(output) => {
            onChange({ output, focus: 0, filter: '' });
          }}
        />
        <Select
          size="sm"
          w={130}
          label="Epoch"
          data={named}
          value={String(epoch.epoch)}
          allowDeselect={false}
          searchable
          onChange={(next) => {
            onChange({ epoch: Number(next) });
          }}
        />
        <Select
          size="sm"
          w={150}
          label="Compared with"
          data={[
            { value: '0', label: 'nothing' },
            ...named.filter(({ value }) => value !== String(epoch.epoch)),
          ]}
          value={String(against?.epoch ?? 0)}
          allowDeselect={false}
          searchable
          onChange={(next) => {
            onChange({ against: Number(next) });
          }}
        />
        <Select
          size="sm"
          w={150}
          label="Split"
          data={[
            { value: 'all', label: 'all splits' },
            ...listSplits(epochs).map((split) => ({ value: splitName(split), label: splitName(split) })),
          ]}
          value={chosenSplit(address.split, epoch)}
          allowDeselect={false}
          onChange={(next) => {
            onChange({ split: next ?? '' });
          }}
        />
        <TextInput
          size="sm"
          flex="1 1 220px"
          label="Filter"
          placeholder={EXAMPLES[task] ?? 'loss > 1 AND correct = false'}
          leftSection={<IconFilter size={16} />}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          value={text}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
          rightSection={
            text === '' ? undefined : (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label="Clear the filter"
                onClick={() => {
                  setText('');
                  onChange({ filter: '' });
                }}
              >
                <IconX size={14} />
              </ActionIcon>
            )
          }
        />
        <Button type="submit" size="sm" variant="default" disabled={text.trim() === address.filter}>
          Apply
        </Button>
      </Group>
    </form>
  );
}
