import { Group, Select, Text } from '@mantine/core';
import type { Method } from './methods.js';

const GROUPS: Readonly<Record<Method['state'], string>> = {
  made: 'Computed',
  open: 'Not computed yet',
  off: 'Not available',
};

/**
 * Chooses how a sample is explained: among what is drawn, with how far each beats random, and what can be;
 * what cannot says why.
 */
export function MethodPickerView({
  methods,
  value,
  disabled,
  onMethod,
}: {
  methods: readonly Method[];
  value: string;
  disabled: boolean;
  onMethod: (method: Method) => void;
}) {
  const groups = (['made', 'open', 'off'] as const).map((state) => ({
    group: GROUPS[state],
    items: methods
      .filter((method) => method.state === state)
      .map(({ key, name }) => ({ value: key, label: name, disabled: state === 'off' })),
  }));
  return (
    <Select
      aria-label="Method"
      size="xs"
      w={190}
      allowDeselect={false}
      disabled={disabled}
      value={value}
      data={groups.filter(({ items }) => items.length > 0)}
      maxDropdownHeight={420}
      comboboxProps={{ width: 330, position: 'bottom-start' }}
      onChange={(key) => {
        const method = methods.find((one) => one.key === key);
        if (method !== undefined) onMethod(method);
      }}
      renderOption={({ option: { value: key, label } }) => (
        <Group justify="space-between" gap="sm" wrap="nowrap" w="100%">
          <Text span size="xs">
            {label}
          </Text>
          <Text span size="xs" c="dimmed">
            {methods.find((one) => one.key === key)?.note}
          </Text>
        </Group>
      )}
    />
  );
}
