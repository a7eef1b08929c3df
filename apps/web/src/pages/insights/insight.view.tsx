import { Alert, Anchor, Group, Skeleton, Stack, Text } from '@mantine/core';
import { type Insight, InsightChange, InsightState } from '@noema/contracts/noema/insights/v1/insight';
import { Link } from 'react-router-dom';
import { INSIGHT_CHANGES, INSIGHT_STATES } from '../../features/insights/insight-styles.js';
import { useInsight, useInsightMembers } from '../../features/insights/insights.query.js';
import { spacedName } from '../../features/insights/insight-text.js';
import { SeverityView } from '../../features/insights/severity.view.js';
import { useRuns } from '../../features/runs/run.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { links } from '../../parts/address/links.js';
import { counted } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { QueryView } from '../../parts/query.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { useTitle } from '../../parts/use-title.js';
import { EvidenceView } from './evidence.view.js';
import { isAcceptedHint } from './insight-filter.js';
import { ReviewView } from './review.view.js';

/** One insight: its claim, the samples it is about, and the evidence for it. */
export function InsightView({ projectId, insightId }: { projectId: string; insightId: string }) {
  const query = useInsight(insightId);
  const insight = query.data;
  const runs = useRuns(projectId);
  const run = runs.data?.find(({ id }) => id === insight?.runId);
  const version = useDatasetVersion(insight?.datasetVersionId).data;
  const members = useInsightMembers(insightId);
  useTitle(insight?.kindTitle ?? 'Insight');
  if (insight === undefined)
    return (
      <QueryView query={query} lines={8}>
        {() => null}
      </QueryView>
    );
  return (
    <Stack gap="md">
      <HeadView insight={insight} />
      {insight.outdated && (
        <Alert color="yellow" title="A later search of the run replaced this insight">
          <Anchor
            component={Link}
            to={links.insights(projectId, { run: insight.runId, kind: insight.kind })}
            size="sm"
            underline="always"
          >
            Show the insights of the later search
          </Anchor>
        </Alert>
      )}
      <QueryView query={members} lines={8}>
        {(all) =>
          runs.data !== undefined && run === undefined ? (
            <Text size="sm" c="dimmed">
              The run of the insight was deleted, so that its samples cannot be shown.
            </Text>
          ) : run === undefined || version === undefined ? (
            <Skeleton h={400} role="status" aria-busy aria-label="loading" />
          ) : (
            <EvidenceView insight={insight} run={run} version={version} members={all} />
          )
        }
      </QueryView>
    </Stack>
  );
}

function HeadView({ insight }: { insight: Insight }) {
  const { kind, kindTitle, subkind, state, change, memberCount, epoch, severity } = insight;
  return (
    <>
      <PageHeadView
        title={`${kindTitle || kind}${subkind === '' ? '' : `: ${spacedName(subkind.replaceAll('-', ' '))}`}`}
        badge={
          <>
            <StateBadgeView state={INSIGHT_STATES[state]} size="lg" />
            {isAcceptedHint(insight) && (
              <StateBadgeView state={INSIGHT_STATES[InsightState.HINT]} size="lg" />
            )}
          </>
        }
        actions={<ReviewView insight={insight} />}
      >
        {memberCount > 0 && `${counted(memberCount, 'sample')} · `}epoch {epoch}
        {change === InsightChange.BORN
          ? ' · first seen in this search'
          : change !== InsightChange.UNSPECIFIED && ` · ${INSIGHT_CHANGES[change]} since the search before`}
      </PageHeadView>
      <Group gap="lg" align="flex-start" wrap="wrap">
        {severity !== undefined && <SeverityView severity={severity} />}
        <Text
          size="lg"
          fw={550}
          style={{ flex: '1 1 280px', minWidth: 0, overflowWrap: 'anywhere' }}
          data-testid="insight-sentence"
        >
          {insight.sentence}
        </Text>
      </Group>
      {insight.note !== '' && (
        <Text size="sm" style={{ overflowWrap: 'anywhere', whiteSpace: 'pre-line' }}>
          <b>Note:</b> {insight.note}
        </Text>
      )}
      {insight.issueId !== '' && (
        <Anchor
          component={Link}
          to={links.issue(insight.projectId, insight.issueId)}
          size="sm"
          underline="always"
        >
          The issue that was made from it
        </Anchor>
      )}
    </>
  );
}
