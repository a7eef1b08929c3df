import { Anchor, Badge, Group, Text } from '@mantine/core';
import { type Insight, InsightChange, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import { Link } from 'react-router-dom';
import { INSIGHT_CHANGES, INSIGHT_STATES } from '../../features/insights/insight-styles.js';
import { effectText } from '../../features/insights/insight-text.js';
import { SeverityView } from '../../features/insights/severity.view.js';
import { links } from '../../parts/address/links.js';
import { counted } from '../../parts/numbers.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { isAcceptedHint } from './insight-filter.js';
import classes from './insights.module.css';

/** Insights as a list, each with its sentence, its severity, and the numbers behind it. */
export function InsightRowsView({
  insights,
  label,
  runName,
}: {
  insights: readonly Insight[];
  label: string;
  /** Name of a run, where the list has more than one. */
  runName: ((runId: string) => string) | undefined;
}) {
  const unmarked = new Set([InsightChange.UNSPECIFIED, InsightChange.STAYED]);
  // In a first search every insight is new.
  if (insights.every(({ change }) => change === InsightChange.BORN)) unmarked.add(InsightChange.BORN);
  return (
    <ul className={classes.list} aria-label={label}>
      {insights.map((insight) => (
        <li key={insight.id} className={classes.row}>
          {insight.severity !== undefined && <SeverityView severity={insight.severity} />}
          <div className={classes.text}>
            <Anchor
              component={Link}
              to={links.insight(insight.projectId, insight.id)}
              size="sm"
              fw={600}
              style={{ overflowWrap: 'anywhere' }}
            >
              {insight.sentence}
            </Anchor>
            <Group gap="6px 10px" mt={4}>
              <Badge variant="default" size="sm">
                {insight.kindTitle || insight.kind}
              </Badge>
              <StateBadgeView state={INSIGHT_STATES[insight.state]} />
              {isAcceptedHint(insight) && <StateBadgeView state={INSIGHT_STATES[InsightState.HINT]} />}
              {!unmarked.has(insight.change) && (
                <Text size="xs" fw={550}>
                  {INSIGHT_CHANGES[insight.change]}
                </Text>
              )}
              {insight.output !== '' && (
                <Text size="xs" fw={550} style={{ overflowWrap: 'anywhere' }}>
                  output {insight.output}
                </Text>
              )}
              <Text size="xs" c="dimmed">
                {insight.memberCount > 0 && `${counted(insight.memberCount, 'sample')} · `}epoch{' '}
                {insight.epoch}
                {runName !== undefined && ` of ${runName(insight.runId)}`}
              </Text>
              {insight.effect !== undefined && (
                <Text size="xs" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                  {effectText(insight.effect)}
                </Text>
              )}
            </Group>
          </div>
        </li>
      ))}
    </ul>
  );
}
