import { Anchor, Group, Text } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { Link } from 'react-router-dom';
import { toFault } from '../../api/query-client.js';
import { links } from '../../parts/address/links.js';
import { SeverityBadgeView } from './severity.view.js';
import { useWorstInsights } from './worst-insights.query.js';

/** The most severe open insights of a run, a line each; nothing where none is confirmed. */
export function NewestInsightsView({ run }: { run: Run }) {
  const { data, error } = useWorstInsights(run.projectId, run.id);
  if (error !== null)
    return (
      <Text size="xs" c="dimmed">
        The insights cannot be listed: {toFault(error).message}
      </Text>
    );
  if (data === undefined || data.length === 0) return null;
  return (
    <section aria-label="Insights" data-testid="newest-insights">
      <Group gap="sm" mb={4} align="baseline">
        <Text size="xs" fw={600}>
          Insights
        </Text>
        <Anchor
          component={Link}
          to={links.insights(run.projectId, { run: run.id })}
          size="xs"
          underline="always"
        >
          all insights
        </Anchor>
      </Group>
      {data.map(({ id, sentence, severity }) => (
        <Group key={id} gap="xs" wrap="nowrap" align="baseline" mb={2}>
          {severity !== undefined && <SeverityBadgeView severity={severity} />}
          <Anchor
            component={Link}
            to={links.insight(run.projectId, id)}
            size="sm"
            lineClamp={2}
            style={{ overflowWrap: 'anywhere', minWidth: 0 }}
          >
            {sentence}
          </Anchor>
        </Group>
      ))}
    </section>
  );
}
