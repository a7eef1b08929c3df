import type { JsonObject } from '@bufbuild/protobuf';
import { Button, Group, Progress, Stack, Text, ThemeIcon } from '@mantine/core';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { DomainError } from '@noema/kernel/domain-error';
import { IconCheck, IconPoint } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useEffect, useRef } from 'react';
import { useNavigate } from 'react-router-dom';
import { datasets, explorations, runs } from '../../api/clients.js';
import { models } from '../../api/making-clients.js';
import { links } from '../../parts/address/links.js';
import { FaultView } from '../../parts/fault.view.js';
import { allPages } from '../../parts/pages.js';
import { jobShare, progressText } from '../jobs/job-kinds.js';
import { useLiveJob } from '../jobs/job.query.js';
import { FIRST_RUN, toRequest } from '../new-run/new-run.js';
import { MOVING_MS, useLiveRun } from '../runs/run.query.js';

/** Data that are being ingested, and what happens with them next. */
export interface IngestedData {
  readonly name: string;
  readonly datasetVersionId: string;
  /** Empty where these data were ingested before. */
  readonly jobId: string;
  /** Network to be trained on them; undefined for none. */
  readonly network: JsonObject | undefined;
}

interface FollowData {
  readonly projectId: string;
  readonly data: IngestedData;
  readonly onClose: () => void;
}

/** Epochs of the first run: enough for a small network to be seen learning. */
const EPOCHS = 10;

/** Follows data until they are ingested, the network is trained and the map computed; then leads to the map. */
export function FollowDataView({ projectId, data, onClose }: FollowData) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { job } = useLiveJob({ service: 'datasets', jobId: data.jobId }).query.data ?? {};
  const isIngested = data.jobId === '' || job?.state === JobState.SUCCEEDED;
  const train = useMutation({ mutationFn: () => startRun(projectId, data) });
  const started = useRef(false);
  useEffect(() => {
    if (!isIngested || started.current) return;
    started.current = true;
    void client.invalidateQueries({ queryKey: ['dataset-version-list', projectId] });
    if (data.network !== undefined) train.mutate();
    else {
      onClose();
      void navigate(links.dataset(projectId, data.datasetVersionId));
    }
  });
  const fault =
    job?.fault === undefined
      ? train.error
      : new DomainError('invalid', job.fault.reason, job.fault.message, { metadata: job.fault.metadata });
  const share = job === undefined ? undefined : jobShare(job);
  return (
    <Stack gap="md">
      <Stack gap="sm" role="status">
        <StepView name="Data" isDone={isIngested} isCurrent={!isIngested}>
          {isIngested ? 'ingested' : progressText(job?.progress) || 'waits for a worker'}
          {!isIngested && share !== undefined && (
            <Progress value={100 * share} size="sm" aria-label="Ingested" />
          )}
        </StepView>
        {data.network !== undefined && (
          <>
            <StepView name="Model" isDone={train.data !== undefined} isCurrent={train.isPending}>
              {train.data === undefined ? 'the proposed network' : 'imported'}
            </StepView>
            {train.data === undefined ? (
              <>
                <StepView name="Run">{EPOCHS} epochs</StepView>
                <StepView name="Map">after the first epoch</StepView>
              </>
            ) : (
              <RunSteps projectId={projectId} runId={train.data} onClose={onClose} />
            )}
          </>
        )}
      </Stack>
      {fault !== null && <FaultView error={fault} />}
      <Group justify="flex-end" gap="sm">
        {train.error !== null && (
          <Button
            onClick={() => {
              train.mutate();
            }}
          >
            Try again
          </Button>
        )}
        <Button variant="default" onClick={onClose}>
          {fault === null ? 'Go on in the background' : 'Close'}
        </Button>
      </Group>
    </Stack>
  );
}

function RunSteps({ projectId, runId, onClose }: { projectId: string; runId: string; onClose: () => void }) {
  const navigate = useNavigate();
  const client = useQueryClient();
  const { run, progress } = useLiveRun(runId);
  const hasEpoch = (run?.epochsDone ?? 0) > 0;
  const map = useQuery({
    queryKey: ['first-map', runId],
    queryFn: async ({ signal }) => {
      const request = { projectId, runId, pageSize: 1, filter: 'state = JOB_STATE_SUCCEEDED' };
      return (await explorations.listExplorations(request, { signal })).explorations[0] ?? null;
    },
    enabled: hasEpoch,
    refetchInterval: MOVING_MS,
  }).data;
  const epoch = map?.epoch;
  useEffect(() => {
    if (epoch === undefined) return;
    void client.invalidateQueries({ queryKey: ['run-list', projectId] });
    onClose();
    void navigate(links.population(projectId, runId, { epoch }));
  }, [epoch, navigate, client, onClose, projectId, runId]);
  const text = progress === undefined ? 'starts' : `epoch ${progress.epoch}: ${progress.phase}`;
  return (
    <>
      <StepView name="Run" isDone={hasEpoch} isCurrent={!hasEpoch}>
        {run?.fault === undefined ? text : <FaultText message={run.fault.message} />}
      </StepView>
      <StepView name="Map" isCurrent={hasEpoch}>
        {hasEpoch ? 'is computed' : 'after the first epoch'}
      </StepView>
    </>
  );
}

const FaultText = ({ message }: { message: string }) => (
  <Text span c="red" size="sm">
    {message}
  </Text>
);

function StepView({
  name,
  isDone = false,
  isCurrent = false,
  children,
}: {
  name: string;
  isDone?: boolean;
  isCurrent?: boolean;
  children: ReactNode;
}) {
  return (
    <Group gap="sm" wrap="nowrap" align="flex-start">
      <ThemeIcon size="sm" radius="xl" variant="light" color={isDone ? 'green' : isCurrent ? 'blue' : 'gray'}>
        {isDone ? <IconCheck size={14} /> : <IconPoint size={14} />}
      </ThemeIcon>
      <div style={{ flex: 1, minWidth: 0 }}>
        <Text size="sm" fw={600}>
          {name}
        </Text>
        <Text size="sm" c="dimmed" component="div">
          {children}
        </Text>
      </div>
    </Group>
  );
}

/** Imports the network and starts a run on the data; returns the id of the run. */
async function startRun(
  projectId: string,
  { name, datasetVersionId, network }: IngestedData,
): Promise<string> {
  // The id of the ingestion leads to the version.
  const { datasetVersion } = await datasets.getDatasetVersion({ datasetVersionId });
  const { modelVersion } = await models.createModel({
    projectId,
    displayName: await freeName(projectId, name),
    seed: FIRST_RUN.seed as number,
    ...(network === undefined ? {} : { topology: network }),
  });
  const request = toRequest(
    {
      ...FIRST_RUN,
      displayName: '',
      datasetVersionId: datasetVersion!.id,
      modelVersionId: modelVersion!.id,
      optimizer: 'adam',
      epochs: EPOCHS,
    },
    projectId,
    '',
  );
  return (await runs.createRun(request)).run!.id;
}

/** A name that no model of the project has. */
async function freeName(projectId: string, name: string): Promise<string> {
  const all = await allPages(
    (pageToken) => models.listModels({ projectId, pageSize: 500, pageToken }),
    (page) => page.models,
  );
  const taken = new Set(all.map(({ displayName }) => displayName));
  const wanted = `${name} network`;
  for (let n = 1; ; n++) {
    const free = n === 1 ? wanted : `${wanted} ${n}`;
    if (!taken.has(free)) return free;
  }
}
