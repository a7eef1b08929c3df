import { Alert, Anchor, Code, Group, Stack, Text } from '@mantine/core';
import { type Run, RunState } from '@noema/contracts/noema/training/v1/run';
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { FaultDetailsView } from '../../parts/fault-details.view.js';

/** Why a run failed, what is left of it, and where to read more. */
export function RunFaultView({ run }: { run: Run }) {
  if (run.state !== RunState.FAILED || run.fault === undefined) return null;
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title="The run failed" role="alert">
      <Stack gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {run.fault.message}
        </Text>
        <FaultDetailsView fault={run.fault} />
        <Group gap="md">
          <Text size="sm">
            {run.epochsDone > 0 ? (
              <>
                The checkpoint of <b>epoch {run.epochsDone}</b> is kept; resuming continues after it.
              </>
            ) : (
              'No epoch was finished; a retry starts from the beginning.'
            )}
          </Text>
          {run.jobId !== '' && (
            <Anchor size="sm" component={Link} to={links.job(run.projectId, 'training', run.jobId)}>
              See its log
            </Anchor>
          )}
          <Code>{run.fault.reason}</Code>
        </Group>
      </Stack>
    </Alert>
  );
}
