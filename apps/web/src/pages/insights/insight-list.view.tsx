import { Anchor, Button, Group, Select, Stack, Text } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import type { Run } from '@noema/contracts/noema/training/v1/run';
import { IconBulb, IconSearch } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { Link } from 'react-router-dom';
import {
  MAX_INSIGHTS,
  useInsightActions,
  useInsights,
  useInsightSearches,
} from '../../features/insights/insights.query.js';
import { JobProgressView } from '../../features/jobs/job-progress.view.js';
import { useRuns } from '../../features/runs/run.query.js';
import { useAddressValue } from '../../features/sample/sample-address.state.js';
import { ActionView } from '../../parts/action.view.js';
import { links } from '../../parts/address/links.js';
import { EmptyView } from '../../parts/empty.view.js';
import { FaultView } from '../../parts/fault.view.js';
import { count, counted } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { QueryView } from '../../parts/query.view.js';
import { useRights } from '../../parts/role.query.js';
import { SectionView } from '../../parts/section.view.js';
import { jobIsOpen } from '../../parts/states.js';
import { useTitle } from '../../parts/use-title.js';
import {
  countHints,
  countKinds,
  isAcceptedHint,
  isFirstOutput,
  isListed,
  listInsightOutputs,
  STATE_CHOICES,
} from './insight-filter.js';
import { InsightRowsView } from './insight-rows.view.js';
import { HintsView } from './hints.view.js';
import { NothingView } from './nothing.view.js';
import { SearchMenuView } from './search-menu.view.js';
import { SearchReportView } from './search-report.view.js';

const ALL = 'all';

/** The insights of a run, or of all runs of a project: what was confirmed, hints, and what was tried. */
export function InsightListView({ projectId }: { projectId: string }) {
  useTitle('Insights');
  const runs = useRuns(projectId);
  return (
    <QueryView query={runs} lines={8}>
      {(list) => <RunsInsightsView projectId={projectId} runs={list} />}
    </QueryView>
  );
}

function RunsInsightsView({ projectId, runs }: { projectId: string; runs: readonly Run[] }) {
  const { noEdit } = useRights();
  const evaluated = useMemo(() => runs.filter(({ epochsDone }) => epochsDone > 0), [runs]);
  const [wanted, setRun] = useAddressValue('run', evaluated[0]?.id ?? ALL);
  const [kind, setKind] = useAddressValue('kind');
  const [state, setState] = useAddressValue('state', 'open');
  const [output, setOutput] = useAddressValue('output');
  const run = runs.find(({ id }) => id === wanted);
  const shownOutput = useMemo(
    () => ({ output, isFirst: isFirstOutput(runs, wanted, output) }),
    [runs, wanted, output],
  );
  const runId = wanted === ALL ? '' : wanted;
  const searches = useInsightSearches(projectId, runId, evaluated.length > 0);
  const list = useInsights(projectId, runId);
  const actions = useInsightActions(projectId);
  const [newest] = searches.data ?? [];
  const start = useMutation({
    // Repeats the newest search, or searches the output that is listed.
    mutationFn: () => actions.search(runId, { output: output || (newest?.output ?? '') }),
    onSuccess: (search) => {
      if (search?.state === JobState.SUCCEEDED)
        notifications.show({
          message: 'Nothing has changed since the last search; its insights are listed.',
        });
    },
  });
  const working = searches.data?.find((search) => jobIsOpen(search.state));
  const ended = searches.data?.find((search) => search.state === JobState.SUCCEEDED);
  const failed = newest !== undefined && newest !== ended && newest !== working ? newest : undefined;
  const kinds = useMemo(() => countKinds(list.data ?? []), [list.data]);
  const outputs = useMemo(() => listInsightOutputs(list.data ?? []), [list.data]);
  const shown = useMemo(
    () => list.data?.filter((insight) => isListed(insight, { kind, state, output: shownOutput })),
    [list.data, kind, state, shownOutput],
  );
  const accepted = shown?.filter(isAcceptedHint) ?? [];
  const confirmed = shown?.filter((one) => !isAcceptedHint(one)) ?? [];
  const runName = (id: string): string => runs.find((one) => one.id === id)?.displayName ?? 'deleted run';
  const off =
    noEdit ??
    (runId === ''
      ? 'Choose a run to search.'
      : run !== undefined && run.epochsDone === 0
        ? 'The run has no epoch yet.'
        : working === undefined
          ? undefined
          : 'A search is at work.');
  return (
    <Stack gap="md">
      <PageHeadView
        title="Insights"
        actions={
          evaluated.length > 0 && (
            <>
              <ActionView
                variant="default"
                leftSection={<IconSearch size={16} />}
                off={off}
                loading={start.isPending}
                onClick={() => {
                  start.mutate();
                }}
              >
                {newest === undefined ? 'Search' : 'Search again'}
              </ActionView>
              <SearchMenuView projectId={projectId} run={run} off={off} search={newest} runName={runName} />
            </>
          )
        }
      >
        Each insight is a claim about some samples, with its evidence. Samples that the search did not use
        confirm it.
      </PageHeadView>
      {start.error !== null && (
        <FaultView
          error={start.error}
          retry={() => {
            start.mutate();
          }}
        />
      )}
      {evaluated.length === 0 ? (
        <SectionView title="Confirmed">
          <EmptyView icon={<IconBulb />} title="No run has an epoch yet">
            Insights are about a trained network.{' '}
            <Anchor component={Link} to={links.project(projectId)} size="sm" underline="always">
              Start a run
            </Anchor>
            ; the platform searches for insights after its last epoch.
          </EmptyView>
        </SectionView>
      ) : (
        <>
          <Group gap="xs" role="search" aria-label="Filter of the insights">
            <Select
              size="xs"
              w={220}
              aria-label="Run"
              data={[
                { value: ALL, label: 'all runs' },
                ...evaluated.map(({ id, displayName }) => ({ value: id, label: displayName })),
              ]}
              value={wanted}
              allowDeselect={false}
              searchable
              onChange={(next) => {
                setRun(next ?? undefined);
              }}
            />
            <Select
              size="xs"
              w={220}
              aria-label="Kind"
              placeholder="all kinds"
              data={kinds.map((one) => ({ value: one.kind, label: `${one.title} (${count(one.count)})` }))}
              value={kind || null}
              clearable
              clearButtonProps={{ 'aria-label': 'All kinds' }}
              onChange={(next) => {
                setKind(next ?? undefined);
              }}
            />
            {(outputs.length > 0 || output !== '') && (
              <Select
                size="xs"
                w={160}
                aria-label="Output"
                placeholder="all outputs"
                data={outputs}
                value={output || null}
                clearable
                clearButtonProps={{ 'aria-label': 'All outputs' }}
                onChange={(next) => {
                  setOutput(next ?? undefined);
                }}
              />
            )}
            <Select
              size="xs"
              w={140}
              aria-label="State"
              data={STATE_CHOICES}
              value={state}
              allowDeselect={false}
              onChange={(next) => {
                setState(next ?? undefined);
              }}
            />
          </Group>
          {working !== undefined && (
            <SectionView title="Search">
              <JobProgressView
                key={working.jobId}
                service="insights"
                jobId={working.jobId}
                title={`Search for insights in ${runName(working.runId)}, epoch ${working.epoch}`}
                onEnd={() => {
                  void actions.refresh();
                }}
              />
            </SectionView>
          )}
          {failed !== undefined && (
            <SectionView title="Search">
              <Text size="sm" role="status" style={{ overflowWrap: 'anywhere' }}>
                The newest search {failed.state === JobState.CANCELLED ? 'was cancelled' : 'failed'}
                {failed.fault === undefined ? '.' : `: ${failed.fault.message} (${failed.fault.reason})`}
                {ended !== undefined && ' The insights below are of an earlier one.'}
              </Text>
            </SectionView>
          )}
          <SectionView
            title="Confirmed"
            flush
            note={
              shown === undefined
                ? undefined
                : shown.length === list.data?.length
                  ? counted(confirmed.length, 'insight')
                  : `${count(confirmed.length)} of ${counted(list.data?.length ?? 0, 'insight')}`
            }
          >
            <QueryView query={list} lines={6}>
              {(all) =>
                confirmed.length > 0 ? (
                  <>
                    <Text size="xs" c="dimmed" px="md" pb="xs">
                      The most severe first: by level, then by the damage relative to a large one (5% of all
                      loss or samples, 1 point of the headline metric).
                    </Text>
                    {all.length >= MAX_INSIGHTS && (
                      <Text size="xs" c="dimmed" px="md" pb="xs">
                        The {count(all.length)} most severe insights; choose a run to see fewer.
                      </Text>
                    )}
                    <InsightRowsView
                      insights={confirmed}
                      label="Confirmed insights"
                      runName={runId === '' ? runName : undefined}
                    />
                  </>
                ) : all.length > 0 ? (
                  <EmptyView icon={<IconBulb />} title="No insight matches">
                    <Button
                      size="xs"
                      variant="light"
                      component={Link}
                      to={links.insights(projectId, { run: wanted, state: 'all' })}
                    >
                      Show all kinds and states
                    </Button>
                  </EmptyView>
                ) : (
                  <NothingView ended={ended} isWorking={working !== undefined} searches={searches} />
                )
              }
            </QueryView>
          </SectionView>
          {accepted.length > 0 && (
            <SectionView
              title="Hints that members accepted"
              flush
              note="A member approved or audited them; no other samples confirm them"
            >
              <InsightRowsView
                insights={accepted}
                label="Hints that members accepted"
                runName={runId === '' ? runName : undefined}
              />
            </SectionView>
          )}
          {ended !== undefined && (
            <HintsView
              {...{ projectId, runId, kind, output: shownOutput }}
              hintCount={countHints(searches.data ?? [], shownOutput)}
            />
          )}
          {ended !== undefined && ended.outcomes.length > 0 && (
            <SectionView title="What was tried" flush>
              <SearchReportView search={ended} />
            </SectionView>
          )}
        </>
      )}
    </Stack>
  );
}
