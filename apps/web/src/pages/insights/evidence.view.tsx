import { Button, Group, Text } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Insight } from '@noema/contracts/noema/insights/v1/insight';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconAffiliate, IconGavel } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import type { Members } from '../../features/insights/insights.query.js';
import { hasPictures } from '../../features/sample/visual-sheet.js';
import { toComparedRun } from '../../features/selection/compared-run.js';
import { MeanHeatMapsView } from '../../features/selection/mean-heat-maps.view.js';
import { MeanPictureView } from '../../features/selection/mean-picture.view.js';
import { encodeRows } from '../../features/selection/row-code.js';
import { identifySubject } from '../../features/selection/subject.js';
import { links } from '../../parts/address/links.js';
import { count, counted, digits } from '../../parts/numbers.js';
import { SectionView } from '../../parts/section.view.js';
import { EffectView } from './effect.view.js';
import { EvidenceTablesView } from './evidence-table.view.js';
import { ExplanationsView } from './explanations.view.js';
import { GroupsView } from './groups.view.js';
import { InsightActionsView } from './insight-actions.view.js';
import { MembersView } from './members.view.js';
import { RecipeView } from './recipe.view.js';
import { TrendView } from './trend.view.js';

const MEAN_SIZE = 168;

/** The evidence for an insight, from its numbers and samples to its recipe. */
export function EvidenceView({
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
  const subject = useMemo(() => identifySubject(bitmap, total), [bitmap, total]);
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
  const runOfSlice = toComparedRun(run, epoch, insight.output);
  return (
    <>
      <EffectView insight={insight} />
      {insight.groupCount > 0 && (
        <SectionView title="Samples that belong together" note={counted(insight.groupCount, 'group')}>
          <GroupsView run={run} version={version} epoch={epoch} members={list} />
        </SectionView>
      )}
      {total === 0 ? (
        <SectionView
          title="Samples"
          actions={<InsightActionsView insight={insight} run={run} subject={subject} />}
        >
          <Text size="sm" c="dimmed">
            This insight is about units of the model, and not about samples.
          </Text>
        </SectionView>
      ) : (
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
      <EvidenceTablesView insight={insight} />
      <SectionView title="How it was found">
        <RecipeView insight={insight} />
      </SectionView>
    </>
  );
}
