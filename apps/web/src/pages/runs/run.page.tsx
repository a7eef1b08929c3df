import { Alert, Anchor, Button, Grid, Group, Stack } from '@mantine/core';
import { type Run, RunKind } from '@noema/contracts/noema/training/v1/run';
import { IconAffiliate, IconBulb, IconChartBar } from '@tabler/icons-react';
import { useMemo } from 'react';
import { Link, useParams } from 'react-router-dom';
import { useAddressParams } from '../../parts/address/address-params.js';
import { links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { FaultView } from '../../parts/fault.view.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { SectionView } from '../../parts/section.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { RUN_LOOKS, runIsOpen } from '../../parts/states.js';
import { DurationView, TimeView } from '../../parts/time.view.js';
import { LoadingView, QueryView } from '../../parts/query.view.js';
import { JobsOfRunView } from '../../features/jobs/jobs-of-run.view.js';
import { useModelOfVersion } from '../../features/project/model.query.js';
import { useDatasetVersion } from '../../features/sample/dataset-version.query.js';
import { CompareOnMapView } from './compare-on-map.view.js';
import { ComparedRunsView } from './compared-runs.view.js';
import { useEpochs, useEpochsOfRuns } from '../../features/runs/epoch.query.js';
import { EpochTableView } from './epoch-table.view.js';
import { useLineage } from './lineage.query.js';
import { type LiveRun, useBatchLosses, useLiveRun, useRuns } from '../../features/runs/run.query.js';
import { RunActionsView } from './run-actions.view.js';
import { RunChartsView } from './run-charts.view.js';
import { RunFaultView } from './run-fault.view.js';
import { RunProgressView } from './run-progress.view.js';
import { RunSettingsView } from './run-settings.view.js';
import { SanityBadgeView } from '../../features/analysis/sanity-badge.view.js';

/** Lines of the sketch of the page while it loads. */
const SKETCH_LINES = 8;

/** One run: how it goes, its losses and metrics, its epochs and their maps, its jobs. */
export function RunPage() {
  const { runId = '' } = useParams();
  const live = useLiveRun(runId);
  const epochs = useEpochs(runId);
  useTitle(live.run?.displayName, 'run');
  return (
    <PageView>
      {live.run === undefined ? (
        <QueryView query={live.query} lines={SKETCH_LINES}>
          {() => null}
        </QueryView>
      ) : epochs.isPending ? (
        // Without its charts and rows the page would move what is below them when they come.
        <LoadingView lines={SKETCH_LINES} />
      ) : (
        <RunView run={live.run} live={live} epochs={epochs} />
      )}
    </PageView>
  );
}

function RunView({ run, live, epochs }: { run: Run; live: LiveRun; epochs: ReturnType<typeof useEpochs> }) {
  const lineage = useLineage(run);
  const runs = useRuns(run.projectId).data ?? [];
  const dataset = useDatasetVersion(run.datasetVersionId).data?.displayName || 'dataset';
  const model = useModelOfVersion(run.modelVersionId);
  const [params, setParams] = useAddressParams();
  const compared = useMemo(() => params.getAll('with').filter((id) => id !== run.id), [params, run.id]);
  const others = useEpochsOfRuns(compared);
  const done = epochs.data;
  const batches = useBatchLosses(run.id);
  const charted = useMemo(
    () => [
      { id: run.id, name: run.displayName, epochs: done ?? [] },
      ...compared.map((id, at) => ({
        id,
        name: runs.find((other) => other.id === id)?.displayName ?? 'run',
        epochs: others[at] ?? [],
      })),
    ],
    [run.id, run.displayName, done, compared, others, runs],
  );
  const compare = (ids: readonly string[]): void => {
    setParams(
      (now) => {
        now.delete('with');
        for (const id of ids) now.append('with', id);
        return now;
      },
      { replace: true },
    );
  };
  const open = runIsOpen(run.state);
  const explore = { variant: 'filled', leftSection: <IconAffiliate size={16} /> } as const;
  return (
    <Stack gap="md">
      <PageHeadView
        title={run.displayName}
        badge={<StateBadgeView state={RUN_LOOKS[run.state]} size="lg" />}
        actions={
          <>
            {run.epochsDone > 0 ? (
              <>
                <Button
                  component={Link}
                  to={links.insights(run.projectId, { run: run.id })}
                  variant="default"
                  leftSection={<IconBulb size={16} />}
                >
                  Insights
                </Button>
                <Button
                  component={Link}
                  to={links.evaluation(run.projectId, run.id)}
                  variant="default"
                  leftSection={<IconChartBar size={16} />}
                >
                  Evaluation
                </Button>
                <Button component={Link} to={links.population(run.projectId, run.id)} {...explore}>
                  Open population exploration
                </Button>
              </>
            ) : (
              <Button disabled {...explore}>
                Population after epoch 1
              </Button>
            )}
            <RunActionsView run={run} />
          </>
        }
      >
        <Group gap={6} component="span">
          <span>
            on{' '}
            <Anchor
              component={Link}
              to={links.dataset(run.projectId, run.datasetVersionId)}
              size="sm"
              underline="always"
            >
              {dataset}
            </Anchor>
          </span>
          {model !== undefined && (
            <span>
              from{' '}
              <Anchor
                component={Link}
                to={links.model(run.projectId, model.id, { version: run.modelVersionId })}
                size="sm"
                underline="always"
              >
                {model.label}
              </Anchor>
            </span>
          )}
          <span>
            · started <TimeView at={run.createTime} />
          </span>
          {!open && (
            <span>
              · took <DurationView from={run.createTime} to={run.endTime} />
            </span>
          )}
        </Group>
      </PageHeadView>
      {open && <RunProgressView run={run} progress={live.progress} lost={live.lost} />}
      <RunFaultView run={run} />
      {run.lastEpoch !== undefined && run.lastEpoch.partialReason !== '' && (
        <Alert color="yellow" title={`Epoch ${run.lastEpoch.epoch} is partial: it has no map`}>
          {run.lastEpoch.partialReason}
        </Alert>
      )}
      {run.lastEpoch?.graphFault !== undefined && (
        <Alert color="gray" title={`Epoch ${run.lastEpoch.epoch} has no heat maps`}>
          {run.lastEpoch.graphFault.message}
        </Alert>
      )}
      <Group justify="space-between" gap="sm">
        {run.epochsDone > 0 &&
        (run.settings?.kind !== RunKind.RECORDED || (run.lastEpoch?.weights?.sizeBytes ?? 0n) > 0n) ? (
          <SanityBadgeView projectId={run.projectId} runId={run.id} epoch={run.epochsDone} />
        ) : (
          <span />
        )}
        <Group gap="xs">
          <CompareOnMapView run={run} other={runs.find(({ id }) => id === compared[0])} />
          <ComparedRunsView run={run} runs={runs} chosen={compared} onChange={compare} />
        </Group>
      </Group>
      {epochs.error !== null && done === undefined ? (
        <FaultView
          error={epochs.error}
          retry={() => {
            void epochs.refetch();
          }}
        />
      ) : (
        <RunChartsView runs={charted} lastEpoch={open ? run.settings?.epochs : undefined} batches={batches} />
      )}
      <SectionView
        title="Epochs"
        flush
        note={lineage.error === null ? undefined : 'their maps cannot be listed right now'}
      >
        <QueryView query={epochs} lines={6}>
          {(list) => (
            <EpochTableView
              run={run}
              epochs={list}
              lineage={lineage.data ?? (lineage.error === null ? undefined : { sets: [], maps: [] })}
            />
          )}
        </QueryView>
      </SectionView>
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <JobsOfRunView projectId={run.projectId} runId={run.id} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <SectionView title="Settings">
            <RunSettingsView run={run} dataset={dataset} model={model} />
          </SectionView>
        </Grid.Col>
      </Grid>
    </Stack>
  );
}
