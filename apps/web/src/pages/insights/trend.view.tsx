import { Anchor, Stack, Table, Text } from '@mantine/core';
import { type Insight, InsightChange } from '@noema/contracts/noema/insights/v1/insight';
import { Link } from 'react-router-dom';
import { INSIGHT_CHANGES } from '../../features/insights/insight-styles.js';
import { effectDifference } from '../../features/insights/insight-text.js';
import { useRuns } from '../../features/runs/run.query.js';
import { SliceHistoryView } from '../../features/selection/slice-history.view.js';
import type { ComparedRun } from '../../features/selection/compared-run.js';
import type { Subject } from '../../features/selection/subject.js';
import { links } from '../../parts/address/links.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { count } from '../../parts/numbers.js';

/** Metrics of the present members over the epochs, and what earlier searches found of the same insight. */
export function TrendView({
  insight,
  run,
  subject,
}: {
  insight: Insight;
  run: ComparedRun;
  subject: Subject;
}) {
  const runs = useRuns(insight.projectId).data ?? [];
  const { trend, effect } = insight;
  return (
    <Stack gap="md">
      {run.epochCount > 1 && <SliceHistoryView run={run} slices={[{ title: 'These samples', subject }]} />}
      {trend.length > 1 && (
        <DataTableView minWidth={320} label="The insight in earlier searches">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>search</Table.Th>
              <Table.Th ta="right">samples</Table.Th>
              <Table.Th ta="right">difference</Table.Th>
              <Table.Th>change</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {trend.map(({ insightId, runId, epoch, memberCount, difference, change }) => {
              const name = `${runs.find(({ id }) => id === runId)?.displayName ?? 'deleted run'}, epoch ${epoch}`;
              return (
                <Table.Tr key={`${insightId} ${runId} ${epoch}`}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>
                    {insightId === insight.id ? (
                      <Text size="sm" fw={600} span>
                        {name}
                      </Text>
                    ) : (
                      <Anchor component={Link} size="sm" to={links.insight(insight.projectId, insightId)}>
                        {name}
                      </Anchor>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">{count(memberCount)}</Table.Td>
                  <Table.Td ta="right">
                    {difference === undefined || effect === undefined
                      ? '–'
                      : effectDifference(effect, difference)}
                  </Table.Td>
                  <Table.Td>{change === InsightChange.UNSPECIFIED ? '–' : INSIGHT_CHANGES[change]}</Table.Td>
                </Table.Tr>
              );
            })}
          </Table.Tbody>
        </DataTableView>
      )}
    </Stack>
  );
}
