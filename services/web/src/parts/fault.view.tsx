import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { faultOf } from '../api/query-client.js';

const TITLES: Readonly<Record<string, string>> = {
  unavailable: 'Noema does not answer', timeout: 'That took too long', 'not-found': 'Not found', forbidden: 'Not allowed', unauthenticated: 'Signed out', exhausted: 'Too much at once',
  unsupported: 'Not available here', invalid: 'Not accepted', precondition: 'Not possible now', exists: 'There already', conflict: 'Changed meanwhile', 'data-loss': 'Damaged data',
};

/** An error as people read it: what went wrong, with which value, what to do; the reason for whoever searches for it. */
export function FaultView({ error, retry }: { error: unknown; retry?: (() => void) | undefined }) {
  const { kind, reason, message, metadata } = faultOf(error);
  const trace = metadata['trace_id'];
  const lost = kind === 'unavailable' || kind === 'timeout';
  return (
    <Alert color={lost ? 'yellow' : 'red'} title={TITLES[kind] ?? 'Something went wrong'} icon={lost ? <IconPlugConnectedX /> : <IconAlertTriangle />} maw={640} role="alert">
      <Stack gap="xs">
        <Text size="sm">{message}</Text>
        <Group gap="sm">
          {retry !== undefined && <Button size="xs" variant="default" onClick={retry}>Try again</Button>}
          <Code>{reason}</Code>
          {trace !== undefined && <Text size="xs" c="dimmed">trace <Code>{trace}</Code></Text>}
        </Group>
      </Stack>
    </Alert>
  );
}
