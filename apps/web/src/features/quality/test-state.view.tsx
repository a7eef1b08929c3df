import { Anchor, Group, Text } from '@mantine/core';
import { Link } from 'react-router-dom';
import { toFault } from '../../api/query-client.js';
import { links } from '../../parts/address/links.js';
import { useTestCounts } from './suites.query.js';
import { VerdictCountsView } from './verdict-counts.view.js';

/** How the tests of a project stand for the newest version, as its badge has it; nothing without a test. */
export function TestStateView({ projectId }: { projectId: string }) {
  const { data, error } = useTestCounts(projectId);
  if (error !== null)
    return (
      <Text size="xs" c="dimmed">
        The tests cannot be counted: {toFault(error).message}
      </Text>
    );
  if (data === undefined) return null;
  const { passing, failing, undecided, unjudged } = data;
  if (passing + failing + undecided + unjudged === 0) return null;
  return (
    <Group gap="xs" data-testid="test-state">
      <Anchor component={Link} to={links.tests(projectId)} size="sm" underline="always">
        Tests of the newest version
      </Anchor>
      <VerdictCountsView counts={{ pass: passing, fail: failing, undecided, unjudged }} />
    </Group>
  );
}
