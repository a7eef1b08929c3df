import { Box, Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconChartLine, IconZoomExclamation } from '@tabler/icons-react';
import { Suspense, useMemo } from 'react';
import { Link, useParams } from 'react-router-dom';
import { lazyPart } from '../../../parts/lazy-part.view.js';
import { links } from '../../../parts/address/links.js';
import { useNow } from '../../../parts/clock.js';
import { EmptyView } from '../../../parts/empty.view.js';
import { count, counted } from '../../../parts/numbers.js';
import { PageHeadView } from '../../../parts/page-head.view.js';
import { PageView } from '../../../parts/page.view.js';
import { QueryView } from '../../../parts/query.view.js';
import { SectionView } from '../../../parts/section.view.js';
import { useTitle } from '../../../parts/use-title.js';
import { useRuns } from '../../../features/runs/run.query.js';
import {
  differingSettings,
  metricsOfRuns,
  type RunRow,
  settingNames,
  toRunRow,
} from '../../../features/runs/run-row.js';
import { runColumns, settingColumn, USUAL_COLUMNS } from './run-columns.js';
import { RunComparisonView } from './run-comparison.view.js';
import { RunFiltersView } from './run-filters.view.js';
import { useRunList } from './run-list.state.js';
import { useRunNames } from './run-names.query.js';
import { filterRuns, groupRuns, sortRuns } from './run-order.js';
import { MAX_CHOSEN, RunTableView } from './run-table.view.js';

const RunAxesView = lazyPart(async () => ({ default: (await import('./run-axes.view.js')).RunAxesView }));

/** How often the durations of open runs are computed again, in milliseconds. */
const DURATION_MS = 10_000;
/** Settings that differ and are shown without a choice of columns. */
const SHOWN_SETTINGS = 4;

/** All runs of a project as a table: sorted, filtered, grouped, and compared. */
export function RunListPage() {
  const { projectId = '' } = useParams();
  const runs = useRuns(projectId);
  useTitle('Runs');
  return (
    <PageView>
      <Stack gap="md">
        <PageHeadView title="Runs" />
        <QueryView query={runs} lines={8}>
          {(list) =>
            list.length === 0 ? (
              <EmptyView icon={<IconChartLine />} title="No run yet">
                A run trains a model on data, or evaluates it.
                <Box mt="sm">
                  <Button component={Link} to={links.project(projectId)} variant="light" size="xs">
                    Back to the project
                  </Button>
                </Box>
              </EmptyView>
            ) : (
              <RunListView projectId={projectId} runs={list} />
            )
          }
        </QueryView>
      </Stack>
    </PageView>
  );
}

function RunListView({ projectId, runs }: { projectId: string; runs: readonly Run[] }) {
  const [state, change] = useRunList();
  const names = useRunNames(projectId, runs);
  const nowMs = useNow(DURATION_MS);
  const metrics = useMemo(() => metricsOfRuns(runs), [runs]);
  const metric = metrics.includes(state.metric) ? state.metric : metrics[0];
  const rows = useMemo(
    () => runs.map((run) => toRunRow(run, { names, metric, nowMs })),
    [runs, names, metric, nowMs],
  );
  const columns = useMemo(() => runColumns(settingNames(rows), metric), [rows, metric]);
  const usual = useMemo(
    () => [
      ...USUAL_COLUMNS,
      // A seed differs in most runs and explains little, as does a setting that some runs lack.
      ...differingSettings(rows)
        .filter((name) => name !== 'seed' && countValues(rows, name) > 1)
        .slice(0, SHOWN_SETTINGS)
        .map(settingColumn),
    ],
    [rows],
  );
  const keys = state.columns ?? usual;
  const shownColumns = columns.filter(({ key }) => key === 'name' || keys.includes(key));
  const sortedBy = columns.find(({ key }) => key === state.sort.column);
  const shown = useMemo(() => {
    const filtered = filterRuns(rows, state, columns);
    return sortedBy === undefined ? filtered : sortRuns(filtered, state.sort, sortedBy);
  }, [rows, state, columns, sortedBy]);
  const groups = useMemo(() => groupRuns(shown, state.group), [shown, state.group]);
  const chosen = useMemo(
    () => state.chosen.flatMap((id) => rows.find(({ run }) => run.id === id) ?? []).slice(0, MAX_CHOSEN),
    [rows, state.chosen],
  );
  return (
    <>
      <SectionView
        title="All runs"
        flush
        note={
          shown.length === rows.length
            ? counted(rows.length, 'run')
            : `${count(shown.length)} of ${counted(rows.length, 'run')}`
        }
        actions={
          chosen.length > 0 && (
            <Group gap="xs">
              <Text size="xs">{count(chosen.length)} selected</Text>
              <Button
                size="xs"
                variant="default"
                onClick={() => {
                  change({ chosen: [] });
                }}
              >
                Clear the selection
              </Button>
            </Group>
          )
        }
      >
        <RunFiltersView
          rows={rows}
          columns={columns}
          metrics={metrics}
          state={{ ...state, columns: keys }}
          onChange={change}
        />
        {shown.length === 0 ? (
          <EmptyView icon={<IconZoomExclamation />} title="No run matches the filters">
            <Button
              variant="light"
              size="xs"
              mt="xs"
              onClick={() => {
                change({ text: '', states: [], settings: [], ranges: [] });
              }}
            >
              Show all runs
            </Button>
          </EmptyView>
        ) : (
          <RunTableView
            columns={shownColumns}
            groups={groups}
            groupedBy={state.group === '' ? undefined : state.group}
            metric={metric}
            sort={state.sort}
            chosen={chosen.map(({ run }) => run.id)}
            onSort={(sort) => {
              change({ sort });
            }}
            onChoose={(ids) => {
              change({ chosen: ids });
            }}
          />
        )}
      </SectionView>
      <Suspense fallback={<Skeleton h={320} />}>
        <RunAxesView
          rows={rows}
          shown={shown}
          columns={shownColumns}
          metric={metric}
          state={state}
          onChange={change}
        />
      </Suspense>
      {chosen.length > 0 ? (
        <RunComparisonView rows={chosen} />
      ) : (
        <Text size="sm" c="dimmed">
          Select runs in the table to compare their curves and settings.
        </Text>
      )}
    </>
  );
}

const countValues = (rows: readonly RunRow[], setting: string): number =>
  new Set(rows.flatMap(({ settings }) => settings.get(setting) ?? [])).size;
