import { Select, type SelectProps } from '@mantine/core';
import type { listOutputs } from './outputs-note.js';

/** A choice of one of several outputs of a model, '' for the first one with the losses of all; none for one output. */
export function OutputChoiceView({
  outputs,
  value,
  onChange,
  ...size
}: {
  readonly outputs: ReturnType<typeof listOutputs>;
  readonly value: string;
  readonly onChange: (output: string) => void;
} & Pick<SelectProps, 'w' | 'maw' | 'size'>) {
  return outputs.length === 0 ? null : (
    <Select
      size="sm"
      {...size}
      label="Output"
      data={outputs}
      value={value}
      allowDeselect={false}
      onChange={(next) => {
        onChange(next ?? '');
      }}
    />
  );
}
