import { Alert, Anchor, Grid, Group, Stack, Text } from '@mantine/core';
import { type DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { IconAlertTriangle } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from 'react-router-dom';
import { useAddressParams } from '../../parts/address/address-params.js';
import { datasets } from '../../api/clients.js';
import { links } from '../../parts/address/links.js';
import { useTitle } from '../../parts/use-title.js';
import { FaultDetailsView } from '../../parts/fault-details.view.js';
import { counted } from '../../parts/numbers.js';
import { PageHeadView } from '../../parts/page-head.view.js';
import { PageView } from '../../parts/page.view.js';
import { QueryView } from '../../parts/query.view.js';
import { StateBadgeView } from '../../parts/state-badge.view.js';
import { JOB_LOOKS, jobIsOpen } from '../../parts/states.js';
import { TimeView } from '../../parts/time.view.js';
import { MOVING_MS, useRuns } from '../../features/runs/run.query.js';
import { DatasetMenuView } from './dataset-menu.view.js';
import { JobProgressView } from './job-progress.view.js';
import { MetadataSectionView } from './metadata-section.view.js';
import { SampleBrowserView } from './sample-browser.view.js';
import { SlicesSectionView } from './slices-section.view.js';
import { SplitsSectionView } from './splits-section.view.js';

/** One dataset version: its splits, inputs, classes and metadata, and its samples to look through. */
export function DatasetPage() {
  const { projectId = '', datasetVersionId = '' } = useParams();
  const client = useQueryClient();
  const navigate = useNavigate();
  const query = useQuery({
    queryKey: ['datasetVersion', datasetVersionId],
    queryFn: ({ signal }) => datasets.getDatasetVersion({ datasetVersionId }, { signal }),
    staleTime: 30_000,
    refetchInterval: ({ state }) =>
      state.data?.datasetVersion !== undefined && jobIsOpen(state.data.datasetVersion.state)
        ? MOVING_MS
        : false,
  });
  const version = query.data?.datasetVersion;
  useTitle(version?.displayName, 'data');
  if (version === undefined)
    return (
      <PageView>
        <QueryView query={query} lines={8}>
          {() => null}
        </QueryView>
      </PageView>
    );
  const ready = version.state === JobState.SUCCEEDED;
  const gone = (): void => {
    void navigate(links.project(projectId));
    void client.invalidateQueries({ queryKey: ['dataset-version-list', projectId] });
  };
  return (
    <PageView>
      <Stack gap="md">
        <PageHeadView
          title={version.displayName}
          badge={
            <StateBadgeView
              state={ready ? { ...JOB_LOOKS[version.state], label: 'ready' } : JOB_LOOKS[version.state]}
              size="lg"
            />
          }
          actions={<DatasetMenuView version={version} onDeleted={gone} />}
        >
          {ready && (
            <>
              {counted(version.sampleCount, 'sample')} ·{' '}
              {counted(version.classNames.length, 'class', 'classes')} ·{' '}
            </>
          )}
          created <TimeView at={version.readyTime ?? version.createTime} />
          {version.jobId !== '' && (
            <>
              {' '}
              ·{' '}
              <Anchor
                component={Link}
                to={links.job(projectId, 'datasets', version.jobId)}
                size="sm"
                underline="always"
              >
                ingest job
              </Anchor>
            </>
          )}
        </PageHeadView>
        {jobIsOpen(version.state) && <JobProgressView service="datasets" jobId={version.jobId} />}
        {version.fault !== undefined && <FaultAlert version={version} />}
        {ready && <Ready version={version} />}
      </Stack>
    </PageView>
  );
}

function Ready({ version }: { version: DatasetVersion }) {
  const [params, setParams] = useAddressParams();
  const evaluated =
    useRuns(version.projectId).data?.filter(
      (run) => run.datasetVersionId === version.id && run.epochsDone > 0,
    ) ?? [];
  // The newest comes first.
  const run = evaluated.find(({ id }) => id === params.get('run')) ?? evaluated[0];
  if (version.sampleCount === 0)
    return (
      <Text c="dimmed">This version has no sample: preprocess of its integration returned empty splits.</Text>
    );
  return (
    <>
      {version.skippedCount > 0 && <SkippedAlert version={version} />}
      <Grid gap="md">
        <Grid.Col span={{ base: 12, lg: 4 }}>
          <SplitsSectionView version={version} />
        </Grid.Col>
        <Grid.Col span={{ base: 12, lg: 8 }}>
          <MetadataSectionView version={version} />
        </Grid.Col>
      </Grid>
      <SampleBrowserView
        key={version.id}
        version={version}
        runs={evaluated}
        runId={run?.id}
        onRun={(id) => {
          setParams(
            (now) => {
              now.set('run', id);
              return now;
            },
            { replace: true },
          );
        }}
      />
      <SlicesSectionView version={version} run={run} />
      <Text style={{ overflowWrap: 'anywhere' }} size="xs" c="dimmed">
        Stored in {counted(Math.ceil(version.sampleCount / Math.max(1, version.shardSize)), 'shard')} ·
        SHA-256 of the content {version.contentDigest}
      </Text>
    </>
  );
}

const SHOWN_SKIPPED = 10;

function SkippedAlert({ version: { skippedCount, skippedSamples } }: { version: DatasetVersion }) {
  const more = skippedCount - Math.min(SHOWN_SKIPPED, skippedCount);
  return (
    <Alert color="yellow" icon={<IconAlertTriangle />} title={`${counted(skippedCount, 'sample')} left out`}>
      {skippedSamples.slice(0, SHOWN_SKIPPED).map(({ fault }, at) => (
        <Text key={at} size="sm" style={{ overflowWrap: 'anywhere' }}>
          {fault?.message}
        </Text>
      ))}
      {more > 0 && <Text size="sm">and {more} more; `noema datasets get` lists all</Text>}
    </Alert>
  );
}

function FaultAlert({ version }: { version: DatasetVersion }) {
  return (
    <Alert color="red" icon={<IconAlertTriangle />} title="The data were not ingested" role="alert">
      <Stack gap="xs">
        <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
          {version.fault?.message}
        </Text>
        {version.fault !== undefined && <FaultDetailsView fault={version.fault} />}
        <Group gap="md">
          <Anchor size="sm" component={Link} to={links.job(version.projectId, 'datasets', version.jobId)}>
            See its log, or try again
          </Anchor>
        </Group>
      </Stack>
    </Alert>
  );
}
