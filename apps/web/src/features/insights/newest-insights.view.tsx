import { Anchor, Group, Text } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { ReactNode } from 'react';
import { Link } from 'react-router-dom';
import { faultOf } from '../../api/query-client.js';
import { links } from '../../parts/address/links.js';
import { useWorstInsights } from './insights.query.js';
import { SeverityBadgeView } from './severity.view.js';

/** Insights that are shown. */
const SHOWN = 3;

/** The most severe open insights of a run, a line each; nothing where none is confirmed. `sketch` until they come. */
export function NewestInsightsView({ run, sketch }: { run: Run; sketch: ReactNode }) {
  const { data, error } = useWorstInsights(run.projectId, run.id, SHOWN);
  if (error !== null)
    return (
      <Text size="xs" c="dimmed">
        The insights cannot be listed: {faultOf(error).message}
      </Text>
    );
  if (data === undefined) return sketch;
  if (data.length === 0) return null;
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
