import { Alert, Anchor, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { type Insight, InsightChange } from '@noema/contracts/noema/insights/v1/insight';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconAffiliate, IconGavel } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { INSIGHT_CHANGES, INSIGHT_STATES } from '../../features/insights/insight-styles.js';
import { type Members, useInsight, useInsightMembers } from '../../features/insights/insights.query.js';
import { SeverityView } from '../../features/insights/severity.view.js';
import { useRuns } from '../../features/runs/run.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { hasPictures } from '../../features/sample/visual-sheet.js';
import { MeanHeatMapsView } from '../../features/selection/mean-heat-maps.view.js';
import { MeanPictureView } from '../../features/selection/mean-picture.view.js';
import { encodeRows } from '../../features/selection/row-code.js';
import { subjectOf } from '../../features/selection/subject.js';
import { links } from '../../parts/address/links.js';
import { count, counted, digits } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { useTitle } from '../../parts/use-title.js';
import { EffectView } from './effect.view.js';
import { EvidenceTablesView } from './evidence-table.view.js';
import { ExplanationsView } from './explanations.view.js';
import { GroupsView } from './groups.view.js';
import { InsightActionsView } from './insight-actions.view.js';
import { MembersView } from './members.view.js';
import { RecipeView } from './recipe.view.js';
import { ReviewView } from './review.view.js';
import { SuggestionsView } from './suggestions.view.js';
import { TrendView } from './trend.view.js';

const MEAN_SIZE = 168;

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
        title={`${kindTitle || kind}${subkind === '' ? '' : `: ${subkind.replaceAll(/[-_]/g, ' ')}`}`}
        badge={<StateBadgeView state={INSIGHT_STATES[state]} size="lg" />}
        actions={<ReviewView insight={insight} />}
      >
        {counted(memberCount, 'sample')} · epoch {epoch}
        {change !== InsightChange.UNSPECIFIED && ` · ${INSIGHT_CHANGES[change]} since the search before`}
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
    </>
  );
}

function EvidenceView({
  insight,
  run,
  version,
  members,
}: {
  insight: Insight;
  run: Run;
  version: DatasetVersion;
  members: Members;
}) {
  const { id, projectId, epoch, sentence } = insight;
  const { list, total, bitmap } = members;
  const subject = useMemo(() => subjectOf(bitmap, total), [bitmap, total]);
  const rows = useMemo(() => Uint32Array.from(list, ({ row }) => row), [list]);
  const notes = useMemo(
    () =>
      (at: number): string | undefined => {
        const { suggestedClass, suggestedClassName, score } = list[at]!;
        if (suggestedClass >= 0) return `rather ${suggestedClassName || suggestedClass}`;
        return score === undefined ? undefined : digits(score, 2);
      },
    [list],
  );
  const code = encodeRows(bitmap);
  const runOfSlice = { runId: run.id, epoch, epochCount: run.epochsDone };
  return (
    <>
      <EffectView insight={insight} />
      {insight.groupCount > 0 && (
        <SectionView title="Samples that belong together" note={counted(insight.groupCount, 'group')}>
          <GroupsView run={run} version={version} epoch={epoch} members={list} />
        </SectionView>
      )}
      <SectionView
        title="Samples"
        flush
        note={
          list.length < total ? `the first ${count(list.length)} of ${counted(total, 'sample')}` : undefined
        }
        actions={
          <>
            <Button
              component={Link}
              to={links.insight(projectId, id, { audit: 'yes' })}
              size="xs"
              variant="default"
              leftSection={<IconGavel size={14} />}
            >
              {insight.verdictCount > 0 ? `Audit (${count(insight.verdictCount)} judged)` : 'Audit'}
            </Button>
            <Button
              component={Link}
              to={links.population(projectId, run.id, {
                epoch,
                ...(code === undefined ? {} : { sel: code }),
              })}
              size="xs"
              variant="default"
              leftSection={<IconAffiliate size={14} />}
            >
              {code === undefined ? 'Open the map' : 'Show on the map'}
            </Button>
            <InsightActionsView insight={insight} run={run} subject={subject} />
          </>
        }
      >
        <MembersView run={run} version={version} epoch={epoch} rows={rows} notes={notes} title={sentence} />
      </SectionView>
      {insight.hasSuggestedClasses && (
        <SectionView title="Suggested labels" flush>
          <SuggestionsView members={list} />
        </SectionView>
      )}
      {hasPictures(version) && total > 0 && (
        <SectionView title="What they look like, and what the model looks at">
          <Group gap="md" align="flex-start">
            <MeanPictureView version={version} subject={subject} size={MEAN_SIZE} />
            <MeanHeatMapsView
              projectId={projectId}
              runId={run.id}
              epoch={epoch}
              subject={subject}
              size={MEAN_SIZE}
            />
          </Group>
        </SectionView>
      )}
      {insight.explanations.length > 0 && (
        <SectionView title="What goes along with it" flush>
          <ExplanationsView insight={insight} />
        </SectionView>
      )}
      {(run.epochsDone > 1 || insight.trend.length > 1) && total > 0 && (
        <SectionView title="Over the epochs">
          <TrendView insight={insight} run={runOfSlice} subject={subject} />
        </SectionView>
      )}
      <EvidenceTablesView tables={insight.tables} />
      <SectionView title="How it was found">
        <RecipeView insight={insight} />
      </SectionView>
    </>
  );
}
