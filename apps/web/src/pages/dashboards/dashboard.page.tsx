import { Alert, Badge, Box, Button, Group, Skeleton, Stack } from '@mantine/core';
import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import type { Dashboard } from '@noema/contracts/noema/quality/v1/dashboard';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import type { EvaluationDocument } from '@noema/evaluation';
import { IconChartBar, IconPencil } from '@tabler/icons-react';
import { Suspense, useCallback, useMemo, useRef } from 'react';
import { Link, useParams } from 'react-router-dom';
import { lazyPart } from '../../parts/lazy-part.view.js';
import { links } from '../../parts/address/links.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useTitle } from '../../parts/use-title.js';
import { OutputChoiceView } from '../../features/runs/output-choice.view.js';
import { useOutputClasses } from '../../features/runs/output-classes.query.js';
import { listOutputs } from '../../features/runs/outputs-note.js';
import { useRuns } from '../../features/runs/run.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { chartTitle } from './chart-marks.js';
import { DashboardActionsView } from './dashboard-actions.view.js';
import { DashboardChartView } from './dashboard-chart.view.js';
import type { ChartCall } from './dashboard-engine.js';
import { listFields } from './dashboard-fields.js';
import classes from './dashboard.module.css';
import { type ChosenVersion, useDashboardResult, useFrameLoader } from './dashboard.query.js';
import { toggleFilter, useDashboard, type VersionChoice } from './dashboard.state.js';
import { putOutput, readDocumentText } from '../../features/document/document-text.js';
import { useSavedDashboard } from './dashboards.query.js';
import { defaultDashboard } from './default-dashboard.js';
import { FilterBarView } from './filter-bar.view.js';
import { listScoreFields } from './score-fields.js';
import { VersionSelectView } from './version-select.view.js';

const DashboardEditorView = lazyPart(async () => ({
  default: (await import('./dashboard-editor.view.js')).DashboardEditorView,
}));

/** One dashboard: saved, or new with charts that fit the run. */
export function DashboardPage() {
  const { projectId = '', dashboardId = '' } = useParams();
  const isNew = dashboardId === 'new';
  const runs = useRuns(projectId);
  const saved = useSavedDashboard(isNew ? undefined : dashboardId);
  useTitle(saved.data?.displayName ?? 'New dashboard');
  return (
    <PageView>
      {!isNew && saved.data === undefined ? (
        <QueryView query={saved} lines={8}>
          {() => null}
        </QueryView>
      ) : (
        <QueryView query={runs} lines={8}>
          {(list) => (
            <DashboardRunsView
              projectId={projectId}
              saved={saved.data}
              runs={list.filter(({ epochsDone }) => epochsDone > 0)}
            />
          )}
        </QueryView>
      )}
    </PageView>
  );
}

function DashboardRunsView({
  projectId,
  saved,
  runs,
}: {
  projectId: string;
  saved: Dashboard | undefined;
  runs: readonly Run[];
}) {
  const [state] = useDashboard();
  const chosen = findVersion(runs, state.current, 'current');
  const run = chosen?.run ?? (state.current === undefined ? runs[0] : undefined);
  const version = useDatasetVersion(run?.datasetVersionId);
  if (run === undefined)
    return (
      <EmptyView
        icon={<IconChartBar />}
        title={
          runs.length === 0 ? 'No run with an epoch yet' : 'The run of this address is not in the project'
        }
      >
        {runs.length === 0
          ? 'A dashboard shows the samples of a run after an epoch. '
          : 'It may have been deleted, or has no epoch. '}
        <Box mt="sm">
          <Button
            component={Link}
            to={runs.length === 0 ? links.project(projectId) : links.dashboards(projectId)}
            variant="light"
            size="xs"
          >
            {runs.length === 0 ? 'Back to the project' : 'Back to the dashboards'}
          </Button>
        </Box>
      </EmptyView>
    );
  return (
    <QueryView query={version} lines={8}>
      {(data) =>
        data === undefined ? null : (
          <DashboardView
            projectId={projectId}
            saved={saved}
            runs={runs}
            current={chosen ?? { name: 'current', run, epoch: run.epochsDone, output: '' }}
            data={data}
          />
        )
      }
    </QueryView>
  );
}

/** The chosen version; undefined for a run that is not in the list. */
function findVersion(
  runs: readonly Run[],
  choice: VersionChoice | undefined,
  name: ChosenVersion['name'],
): ChosenVersion | undefined {
  const run = runs.find(({ id }) => id === choice?.runId);
  return run === undefined || choice === undefined
    ? undefined
    : { name, run, epoch: choice.epoch === 0 ? run.epochsDone : choice.epoch, output: '' };
}

const NO_NAMES: readonly string[] = [];

function DashboardView({
  projectId,
  saved,
  runs,
  current: chosen,
  data,
}: {
  projectId: string;
  saved: Dashboard | undefined;
  runs: readonly Run[];
  current: ChosenVersion;
  data: DatasetVersion;
}) {
  const [state, change] = useDashboard();
  const loader = useFrameLoader();
  const original = useMemo(
    () => saved?.document ?? defaultDashboard(listFields(chosen.run, data)),
    [saved, chosen.run, data],
  );
  const text = state.text ?? original;
  const read = useMemo(() => readDocumentText(text), [text]);
  // The charts from before an error stay.
  const lastDocument = useRef<EvaluationDocument>(undefined);
  if (read.document !== undefined) lastDocument.current = read.document;
  const document = lastDocument.current;
  const output = document?.output ?? '';
  const current = useMemo(() => ({ ...chosen, output }), [chosen, output]);
  const previous = useMemo(() => {
    const found = findVersion(runs, state.previous, 'previous');
    return found && { ...found, output };
  }, [runs, state.previous, output]);
  const fields = useMemo(() => listFields(current.run, data, output), [current.run, data, output]);
  const classNames = useOutputClasses(current.run.id, current.epoch, data, output).data ?? NO_NAMES;
  const versions = useMemo(
    () => (previous === undefined ? [current] : [current, previous]),
    [current, previous],
  );
  const filterFields = useMemo(
    () => [...fields, ...listScoreFields(document?.charts ?? [], classNames)],
    [fields, document, classNames],
  );
  const result = useDashboardResult(loader, {
    document,
    versions,
    filters: state.filters,
    fields: filterFields,
  });
  const titles = useMemo(() => (document?.charts ?? []).map(chartTitle), [document]);
  const write = useCallback(
    (next: string) => {
      change({ text: next === original ? undefined : next });
    },
    [change, original],
  );
  const isChanged = text !== original;
  return (
    <Stack gap="md">
      <PageHeadView
        title={saved?.displayName ?? 'New dashboard'}
        badge={
          <>
            {saved?.draft === true && (
              <Badge variant="light" color="yellow" tt="none">
                draft of an agent
              </Badge>
            )}
            {isChanged && saved !== undefined && (
              <Badge variant="light" color="gray" tt="none">
                changed
              </Badge>
            )}
          </>
        }
        actions={
          <Group gap="xs" className={classes.hidden}>
            <Button
              variant={state.isEditing ? 'light' : 'default'}
              leftSection={<IconPencil size={16} />}
              aria-expanded={state.isEditing}
              onClick={() => {
                change({ isEditing: !state.isEditing });
              }}
            >
              {state.isEditing ? 'Close the editor' : 'Edit charts'}
            </Button>
            <DashboardActionsView
              projectId={projectId}
              saved={saved}
              text={text}
              isChanged={isChanged}
              isValid={read.fault === undefined}
              onSaved={() => {
                change({ text: undefined });
              }}
            />
          </Group>
        }
      >
        {current.run.displayName}, epoch {current.epoch}, on {data.displayName}
        {previous !== undefined && `; against ${previous.run.displayName}, epoch ${previous.epoch}`}
      </PageHeadView>
      <Group gap="md" className={classes.hidden} align="flex-end">
        <VersionSelectView
          label="Version"
          runs={runs}
          chosen={current}
          onChange={(choice) => {
            change({ current: choice });
          }}
        />
        <VersionSelectView
          label="Previous version"
          runs={runs}
          chosen={previous}
          isOptional
          onChange={(choice) => {
            change({ previous: choice });
          }}
        />
        <OutputChoiceView
          w={190}
          size="xs"
          outputs={listOutputs(current.run.objectives)}
          value={output}
          onChange={(next) => {
            // Conditions of the marks are about the output from before.
            const changed = putOutput(text, next);
            change({ text: changed === original ? undefined : changed, filters: [] });
          }}
        />
      </Group>
      {state.isEditing && (
        <Suspense fallback={<Skeleton h={320} />}>
          <div className={classes.hidden}>
            <DashboardEditorView
              text={text}
              read={read}
              titles={titles}
              slices={[...(document?.slices.keys() ?? [])]}
              fields={fields}
              classNames={classNames}
              onChange={write}
            />
          </div>
        </Suspense>
      )}
      {read.fault !== undefined && !state.isEditing && (
        <Alert color="red" title={`The text of the dashboard has an error in line ${read.fault.line}`}>
          {read.fault.message}
        </Alert>
      )}
      {result.error !== null && (
        <FaultView
          error={result.error}
          retry={() => {
            void result.refetch();
          }}
        />
      )}
      {result.data !== undefined && (
        <FilterBarView
          loader={loader}
          current={current}
          filters={state.filters}
          fields={filterFields}
          titles={titles}
          matching={result.data.matching}
          rows={result.data.rows}
          onChange={(filters) => {
            change({ filters });
          }}
        />
      )}
      {document?.charts.length === 0 && (
        <EmptyView icon={<IconChartBar />} title="No chart yet">
          Open the editor and add a chart.
        </EmptyView>
      )}
      {result.error === null && (
        <div
          className={classes.grid}
          data-stale={result.isPlaceholderData || undefined}
          aria-busy={result.isFetching}
          data-computed-ms={result.data?.ms}
        >
          {result.data === undefined
            ? document?.charts.map((_, at) => <Skeleton key={at} h={320} />)
            : groupNumbers(result.data.charts).map((group) => {
                const charts = group.map(({ result: numbers, at, ...call }) => (
                  <DashboardChartView
                    key={at}
                    call={call}
                    result={numbers}
                    fields={fields}
                    picked={state.filters.find((filter) => filter.chart === at)?.where}
                    onPick={(where) => {
                      change({ filters: toggleFilter(state.filters, { chart: at, where }) });
                    }}
                  />
                ));
                return isNumberChart(group[0]!) ? (
                  <div key={group[0]!.at} className={classes.numbers}>
                    {charts}
                  </div>
                ) : (
                  charts
                );
              })}
        </div>
      )}
    </Stack>
  );
}

const isNumberChart = ({ chart }: ChartCall): boolean => chart.kind === 'mark' && chart.mark === 'number';

/** The charts with their positions; numbers that follow each other share a row of their own height. */
function groupNumbers<T extends ChartCall>(charts: readonly T[]): (T & { readonly at: number })[][] {
  const groups: (T & { readonly at: number })[][] = [];
  for (const [at, one] of charts.entries()) {
    const last = groups.at(-1);
    if (last !== undefined && isNumberChart(one) && isNumberChart(last[0]!)) last.push({ ...one, at });
    else groups.push([{ ...one, at }]);
  }
  return groups;
}
