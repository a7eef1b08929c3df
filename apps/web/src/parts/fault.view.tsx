import { Alert, Button, Code, Group, Stack, Text } from '@mantine/core';
import { IconAlertTriangle, IconPlugConnectedX } from '@tabler/icons-react';
import { toFault } from '../api/query-client.js';
import { links } from './address/links.js';
import { capitalised } from './capitalised.js';

const TITLES: Readonly<Record<string, string>> = {
  unavailable: 'Noema does not answer',
  timeout: 'That took too long',
  'not-found': 'Not found',
  forbidden: 'Not allowed',
  unauthenticated: 'Signed out',
  exhausted: 'Limit reached',
  unsupported: 'Not available here',
  invalid: 'Not accepted',
  precondition: 'Not possible now',
  exists: 'There already',
  conflict: 'Changed meanwhile',
  'data-loss': 'Damaged data',
};

/** Titles for missing targets of links; for these the page offers only the way to existing ones. */
const PAGES: Readonly<Record<string, string>> = {
  PROJECT_NOT_FOUND: 'Project not found',
  RUN_NOT_FOUND: 'Run not found',
  DATASET_VERSION_NOT_FOUND: 'Dataset not found',
  MODEL_NOT_FOUND: 'Model not found',
  SAMPLE_NOT_FOUND: 'Sample not found',
  JOB_NOT_FOUND: 'Job not found',
};

/**
 * An error as people read it: what went wrong, with which value, what to do; the reason for whoever searches
 * for it. `title` says what is not there, where the place does not say it.
 */
export function FaultView({
  error,
  retry,
  title,
}: {
  error: unknown;
  retry?: (() => void) | undefined;
  title?: string;
}) {
  const { kind, reason, message, metadata } = toFault(error);
  const trace = metadata['trace_id'];
  const gone = retry === undefined ? undefined : PAGES[reason];
  const lost = kind === 'unavailable' || kind === 'timeout';
  return (
    <Alert
      color={lost ? 'yellow' : 'red'}
      title={title ?? gone ?? TITLES[kind] ?? 'Something went wrong'}
      icon={lost ? <IconPlugConnectedX /> : <IconAlertTriangle />}
      maw={640}
      role="alert"
    >
      <Stack gap="xs">
        <Text size="sm">
          {gone === undefined
            ? capitalised(message)
            : 'It was deleted, or the link is wrong or of another team.'}
        </Text>
        <Group gap="sm">
          {gone !== undefined && (
            <Button size="xs" component="a" href={links.projects()}>
              Go to the projects
            </Button>
          )}
          {gone === undefined && retry !== undefined && (
            <Button size="xs" variant="default" onClick={retry}>
              Try again
            </Button>
          )}
          <Code>{reason}</Code>
          {trace !== undefined && (
            <Text size="xs">
              trace <Code>{trace}</Code>
            </Text>
          )}
        </Group>
      </Stack>
    </Alert>
  );
}
