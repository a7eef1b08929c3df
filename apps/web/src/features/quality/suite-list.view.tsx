import { Anchor, Badge, Button, Group, Skeleton, Table, Text } from '@mantine/core';
import type { TestSuite } from '@noema/contracts/noema/quality/v1/test_suite';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconChecklist, IconPlus } from '@tabler/icons-react';
import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import { links } from '../../parts/address/links.js';
import { DataTableView } from '../../parts/data-table.view.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { counted } from '../../parts/numbers.js';
import { QueryView } from '../../parts/query.view.js';
import { SectionView } from '../../parts/section.view.js';
import { TimeView } from '../../parts/time.view.js';
import { useRuns } from '../runs/run.query.js';
import { DraftBadgeView } from './draft-badge.view.js';
import { countByVerdict, isOutdated, toVersions, worstResult } from './judged-versions.js';
import { useSuiteResults, useTestSuites } from './suites.query.js';
import { VerdictCountsView } from './verdict-counts.view.js';
import { decidingText, resultNumber } from './verdicts.js';

/** The test suites of a project, each with its results for the newest version that it judged. */
export function SuiteListView({ projectId }: { projectId: string }) {
  const suites = useTestSuites(projectId);
  const runs = useRuns(projectId);
  return (
    <SectionView
      title="Test suites"
      flush
      note={suites.data === undefined ? undefined : counted(suites.data.length, 'suite')}
      actions={
        <Button
          component={Link}
          to={links.testSuite(projectId, 'new')}
          size="xs"
          variant="light"
          leftSection={<IconPlus size={14} />}
        >
          New suite
        </Button>
      }
    >
      <QueryView query={suites} lines={4}>
        {(all) =>
          all.length === 0 ? (
            <EmptyView icon={<IconChecklist />} title="No test suite yet">
              A suite states what each version of the model must reach, such as an accuracy on a slice. Each
              test passes, fails, or is undecided and names the number of samples that would decide it.
            </EmptyView>
          ) : (
            <DataTableView minWidth={300} fixed>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>suite</Table.Th>
                  <Table.Th w="58%">newest results</Table.Th>
                  <Table.Th w={120} ta="right" visibleFrom="md">
                    judged
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {all.map((suite) => (
                  <SuiteRowView key={suite.id} suite={suite} runs={runs} />
                ))}
              </Table.Tbody>
            </DataTableView>
          )
        }
      </QueryView>
    </SectionView>
  );
}

/**
 * Results that are loaded for a row: the results of several versions, so that the newest one is among them.
 */
const ROW_RESULTS = 1_000;

function SuiteRowView({ suite, runs }: { suite: TestSuite; runs: UseQueryResult<Run[]> }) {
  const { id, projectId, displayName, testNames, draft, runForNewVersions } = suite;
  const results = useSuiteResults(projectId, id, ROW_RESULTS);
  const newest = useMemo(
    () => (runs.data === undefined ? undefined : toVersions(results.data ?? [], runs.data)[0]),
    [results.data, runs.data],
  );
  // Without its runs, a suite would show a version of a deleted run.
  const [failed] = [results, runs].filter(({ data, error }) => data === undefined && error !== null);
  const worst = newest && worstResult(testNames, newest.results);
  return (
    <Table.Tr>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        <Anchor component={Link} to={links.testSuite(projectId, id)} size="sm" fw={600}>
          {displayName}
        </Anchor>
        <Group gap={6} mt={2}>
          <Text size="xs" c="dimmed">
            {counted(testNames.length, 'test')}
          </Text>
          {runForNewVersions && (
            <Badge size="sm" variant="light" color="gray" tt="none">
              runs by itself
            </Badge>
          )}
          {draft && <DraftBadgeView />}
        </Group>
      </Table.Td>
      <Table.Td style={{ overflowWrap: 'anywhere' }}>
        {failed !== undefined ? (
          <FaultView
            error={failed.error}
            retry={() => {
              void failed.refetch();
            }}
          />
        ) : results.data === undefined || runs.data === undefined ? (
          <Skeleton h={36} />
        ) : newest === undefined ? (
          <Text size="sm" c="dimmed">
            no version judged yet
          </Text>
        ) : (
          <>
            <Group gap={6}>
              <VerdictCountsView counts={countByVerdict(testNames, newest.results)} />
              <Text size="xs" c="dimmed">
                {newest.run?.displayName ?? 'deleted run'}, epoch {newest.epoch}
                {isOutdated(newest, suite) && '; the tests have changed since'}
              </Text>
            </Group>
            {worst !== undefined && (
              <Text size="xs" mt={2}>
                {worst.testName}: {resultNumber(worst)}, {counted(Number(worst.n), 'sample')}
                {decidingText(worst) !== undefined && `; ${decidingText(worst)!}`}
              </Text>
            )}
          </>
        )}
      </Table.Td>
      <Table.Td ta="right" c="dimmed" visibleFrom="md">
        <TimeView at={newest?.judgeTime} />
      </Table.Td>
    </Table.Tr>
  );
}
