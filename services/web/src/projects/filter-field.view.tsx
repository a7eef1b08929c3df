import { ActionIcon, Button, Code, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import { type MetadataColumn } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { IconFilter, IconHelp, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { exampleFilters } from './example-filters.js';

interface FilterField { filter: string; columns: readonly MetadataColumn[]; error: Error | null; onChange: (filter: string) => void }

/** Where a condition over samples is typed, with help for how it is written. */
export function FilterFieldView({ filter, columns, error, onChange }: FilterField) {
  const [text, setText] = useState(filter);
  useEffect(() => { setText(filter); }, [filter]);
  const examples = exampleFilters(columns);
  return (
    <form onSubmit={(event) => { event.preventDefault(); onChange(text.trim()); }}>
      <Group px="md" gap="xs" wrap="nowrap">
        <TextInput style={{ flex: 1 }} size="sm" ff="monospace" aria-label="Filter" placeholder={examples[0]} leftSection={<IconFilter size={16} />} value={text} spellCheck={false} autoComplete="off" aria-invalid={error !== null}
          onChange={(event) => { setText(event.currentTarget.value); }} rightSectionWidth={64}
          rightSection={<Group gap={2} wrap="nowrap">
            {text === '' ? <span style={{ width: 28 }} /> : <ActionIcon variant="subtle" color="gray" aria-label="Clear the filter" onClick={() => { setText(''); onChange(''); }}><IconX size={14} /></ActionIcon>}
            <Help examples={examples} columns={columns} use={(example) => { setText(example); onChange(example); }} />
          </Group>} />
        <Button type="submit" size="sm" variant="default" disabled={text.trim() === filter}>Apply</Button>
      </Group>
    </form>
  );
}

function Help({ examples, columns, use }: { examples: readonly string[]; columns: readonly MetadataColumn[]; use: (example: string) => void }) {
  return (
    <Popover width={440} position="bottom-end" withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target><ActionIcon variant="subtle" color="gray" aria-label="How to write a filter"><IconHelp size={16} /></ActionIcon></Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">Comparisons <Code>=</Code> <Code>!=</Code> <Code>&lt;</Code> <Code>&lt;=</Code> <Code>&gt;</Code> <Code>&gt;=</Code>, joined by <Code>AND</Code>, <Code>OR</Code>, <Code>NOT</Code> and brackets. Text stands in double quotes.</Text>
          <Text size="sm">Fields: <Code>split</Code> <Code>sample_id</Code> <Code>row</Code> <Code>class_name</Code> {columns.slice(0, 12).map(({ name }) => <Code key={name} mr={4}>metadata.{name}</Code>)}{columns.length > 12 && '…'}</Text>
          {examples.map((example) => <Button key={example} variant="light" size="compact-xs" justify="flex-start" ff="monospace" fw={400} onClick={() => { use(example); }}>{example}</Button>)}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
