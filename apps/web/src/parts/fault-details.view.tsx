import { Code, Group, Text } from '@mantine/core';
import type { Fault } from '@noema/contracts/noema/type/v1/fault';
import { plainName } from './plain-name.js';

/** Details of a fault by name; file and line in front and together, as editors read them. */
export function FaultDetailsView({ fault }: { fault: Pick<Fault, 'metadata'> }) {
  const { file, line, column, ...rest } = fault.metadata;
  const where =
    file === undefined
      ? undefined
      : [file, line, column].filter((part) => part !== undefined && part !== '' && part !== '0').join(':');
  const entries = [...(where === undefined ? [] : [['at', where] as const]), ...Object.entries(rest)];
  if (entries.length === 0) return null;
  return (
    <Group gap="xs" component="dl" m={0}>
      {entries.map(([name, value]) => (
        <Group key={name} gap={4} wrap="nowrap" style={{ maxWidth: '100%' }}>
          <Text component="dt" size="xs" c="dimmed">
            {plainName(name)}
          </Text>
          <Code component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
            {value}
          </Code>
        </Group>
      ))}
    </Group>
  );
}
