import { ActionIcon, Box, Button, Code, Group, Popover, Stack, Text, TextInput } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { formatField } from '@noema/kernel/filter-language';
import { IconFilter, IconHelp, IconX } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { toFault } from '../../api/query-client.js';
import { exampleFilters } from '../../parts/example-filters.js';

/** `error`: why the filter was refused. */
interface FilterField {
  filter: string;
  version: DatasetVersion;
  error: Error | null;
  onChange: (filter: string) => void;
}

/** Where a condition over samples is typed, with help for how it is written. */
export function FilterFieldView({ filter, version, error, onChange }: FilterField) {
  const [text, setText] = useState(filter);
  useEffect(() => {
    setText(filter);
  }, [filter]);
  const examples = exampleFilters(version);
  const fault = error === null ? undefined : toFault(error).message;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onChange(text.trim());
      }}
    >
      <Group px="md" gap="xs" wrap="nowrap">
        <TextInput
          style={{ flex: 1 }}
          size="sm"
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 13 } }}
          aria-label="Filter"
          placeholder={examples[0]}
          leftSection={<IconFilter size={16} />}
          value={text}
          spellCheck={false}
          autoComplete="off"
          aria-invalid={error !== null}
          onChange={(event) => {
            setText(event.currentTarget.value);
          }}
          rightSectionWidth={64}
          rightSection={
            <Group gap={2} wrap="nowrap">
              {text === '' ? (
                <span style={{ width: 28 }} />
              ) : (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label="Clear the filter"
                  onClick={() => {
                    setText('');
                    onChange('');
                  }}
                >
                  <IconX size={14} />
                </ActionIcon>
              )}
              <Help
                examples={examples}
                columns={version.metadataColumns}
                use={(example) => {
                  setText(example);
                  onChange(example);
                }}
              />
            </Group>
          }
        />
        <Button type="submit" size="sm" variant="default" disabled={text.trim() === filter}>
          Apply
        </Button>
      </Group>
      {fault !== undefined && (
        <Box px="md" pt="xs" role="alert">
          <Text size="sm" c="red">
            {fault.split('\n')[0]}
          </Text>
          {fault.includes('\n') && (
            <Code block c="red" mt={4}>
              {fault.slice(fault.indexOf('\n') + 1)}
            </Code>
          )}
        </Box>
      )}
    </form>
  );
}

function Help({
  examples,
  columns,
  use,
}: {
  examples: readonly string[];
  columns: DatasetVersion['metadataColumns'];
  use: (example: string) => void;
}) {
  return (
    <Popover width={440} position="bottom-end" withArrow shadow="md" trapFocus returnFocus>
      <Popover.Target>
        <ActionIcon variant="subtle" color="gray" aria-label="How to write a filter">
          <IconHelp size={16} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <Text size="sm">
            Comparisons <Code>=</Code> <Code>!=</Code> <Code>&lt;</Code> <Code>&lt;=</Code> <Code>&gt;</Code>{' '}
            <Code>&gt;=</Code>, joined by <Code>AND</Code>, <Code>OR</Code>, <Code>NOT</Code> and brackets.
            Text stands in double quotes.
          </Text>
          <Group gap={4}>
            <Text size="sm">Fields:</Text>
            {[
              'split',
              'sample_id',
              'row',
              'class_name',
              ...columns.slice(0, 12).map(({ name }) => formatField(`metadata.${name}`)),
            ].map((field) => (
              <Code key={field} style={{ overflowWrap: 'anywhere' }}>
                {field}
              </Code>
            ))}
            {columns.length > 12 && <Text size="sm">and {columns.length - 12} more</Text>}
          </Group>
          {examples.map((example) => (
            <Button
              key={example}
              variant="default"
              size="compact-xs"
              h="auto"
              mih={24}
              justify="flex-start"
              ff="monospace"
              fw={400}
              styles={{
                label: { whiteSpace: 'normal', lineHeight: 1.5, overflowWrap: 'anywhere', textAlign: 'left' },
              }}
              onClick={() => {
                use(example);
              }}
            >
              {example}
            </Button>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
