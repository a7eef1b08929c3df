import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TokenSigner } from '@noema/auth';
import { TeamService } from '@noema/contracts/noema/workspace/v1/team_service';
import { createClient } from '@noema/grpc';
import { uuidv7 } from '@noema/kernel';
import { type PlatformState, type PlatformProcess, startPlatformProcess } from '@noema/standalone';
import { temporaryDirectory, untilEnded, waitFor } from '@noema/testing';
import { concludeBlobs } from './blobs-conclusions.js';
import { blobsModel } from './fixtures/blobs.model.js';
import { type Answer, RestCaller } from './rest-caller.js';
import { copyRunTemplate } from './run-template.js';

interface Named {
  readonly id: string;
}

/**
 * A platform on which one team has walked the whole way with small data: one resource of every kind exists.
 */
export interface BlobsPlatform {
  readonly url: string;
  readonly directory: string;
  /** Acts as an editor of the team that owns everything. */
  readonly owner: RestCaller;
  /** Acts as the admin of another team. */
  readonly stranger: RestCaller;
  /** API key of the stranger. */
  readonly strangerKey: string;
  readonly signer: TokenSigner;
  readonly teamId: string;
  /**
   * Ids by the name of the path variable that takes them, such as `run_id`, where need be with the service
   * before it.
   */
  readonly ids: Readonly<Record<string, string>>;
  stop(): Promise<void>;
}

const INTEGRATION = fileURLToPath(new URL('./fixtures/blobs.integration.js', import.meta.url));

export async function startBlobsPlatform(): Promise<BlobsPlatform> {
  const directory = await temporaryDirectory();
  const ids = await blobsInto(directory.path);
  const platform = await startPlatformProcess({ dataDir: directory.path, port: 0 });
  try {
    return await describePlatform(platform, directory, ids);
  } catch (error) {
    await platform.stop();
    throw error;
  }
}

/**
 * Fills an empty data directory with one resource of every kind, and returns their ids as `walkBlobs` and
 * `compareBlobs` do. The platform that makes them runs once in a run of the tests.
 */
export const blobsInto = (directory: string): Promise<Record<string, string>> =>
  copyRunTemplate('blobs', directory, async (template) => {
    const platform = await startPlatformProcess({ dataDir: template, port: 0 });
    try {
      const { api_key: apiKey } = await readJson<{ api_key: string }>(template, 'credentials.json');
      const rest = new RestCaller(platform.url, apiKey);
      const walked = await walkBlobs(rest);
      const { ids: compared, reason } = await compareBlobs(rest, walked);
      if (reason !== '') throw new Error(`the similarity analysis failed: ${reason}`);
      return { ...walked, ...compared };
    } finally {
      await platform.stop();
    }
  });

const readJson = async <T>(directory: string, name: string): Promise<T> =>
  JSON.parse(await readFile(join(directory, name), 'utf8')) as T;

async function describePlatform(
  platform: PlatformProcess,
  directory: Awaited<ReturnType<typeof temporaryDirectory>>,
  ids: Readonly<Record<string, string>>,
): Promise<BlobsPlatform> {
  const json = <T>(name: string): Promise<T> => readJson(directory.path, name);
  const credentials = await json<{ team_id: string; member_id: string; api_key: string }>('credentials.json');
  const secrets = await json<{ signingKey: { privateKey: string } }>('secrets.json');
  const signer = new TokenSigner({ privateKey: secrets.signingKey.privateKey });
  const owner = new RestCaller(platform.url, credentials.api_key);
  const { services } = await json<PlatformState>('platform.json');
  const strangerKey = await otherTeam(services.find((s) => s.name === 'workspace')!.address, signer);
  const stranger = new RestCaller(platform.url, strangerKey);
  return {
    url: platform.url,
    directory: directory.path,
    owner,
    stranger,
    strangerKey,
    signer,
    teamId: credentials.team_id,
    ids: {
      ...ids,
      team_id: credentials.team_id,
      'team.id': credentials.team_id,
      member_id: credentials.member_id,
      'member.id': credentials.member_id,
    },
    stop: async () => {
      await platform.stop();
      await directory.remove();
    },
  };
}

async function otherTeam(address: string, signer: TokenSigner): Promise<string> {
  const teamId = uuidv7();
  const teams = createClient(TeamService, {
    address,
    token: async () => (await signer.sign({ teamId, subject: 'e2e', role: 'service' })).token,
  });
  const { adminApiKey } = await teams.createTeam({
    teamId,
    displayName: 'strangers',
    adminDisplayName: 'A stranger',
  });
  teams.close();
  return adminApiKey;
}

export interface WalkedData {
  readonly name: string;
  /** File of a compiled integration with the splits and ids of the blobs. */
  readonly modulePath: string;
  readonly classes: number;
  /** Network of the data; by default the one of the blobs with this number of classes. */
  readonly topology?: object;
  readonly epochs?: number;
}

/** The resources that `trainBlobs` makes. */
export interface TrainedData {
  readonly projectId: string;
  readonly integrationId: string;
  readonly version: Named & { readonly jobId: string };
  readonly model: Named & { readonly latestVersionId: string };
  readonly runId: string;
}

/** Ingests data into a project of their own and trains a network on them, by default for two epochs, by REST. */
export async function trainBlobs(
  rest: RestCaller,
  { name, modulePath, classes, topology = blobsModel({ classes }), epochs = 2 }: WalkedData,
): Promise<TrainedData> {
  const project = await rest.make<Named>('/v1/projects', 'project', { displayName: name });
  const of = (noun: string): string => `/v1/projects/${project.id}/${noun}`;
  const integration = await rest.make<Named>(of('integrations'), 'integration', {
    displayName: name,
    source: { modulePath },
  });
  const version = await rest.make<Named & { jobId: string }>(of('dataset-versions'), 'datasetVersion', {
    integrationId: integration.id,
    shardSize: 256,
  });
  await jobEnded(rest, 'datasets', version.jobId);
  const model = await rest.make<Named & { latestVersionId: string }>(of('models'), 'model', {
    displayName: name,
    topology,
    seed: 1,
  });
  const run = await rest.make<Named & { jobId: string }>(of('runs'), 'run', {
    datasetVersionId: version.id,
    modelVersionId: model.latestVersionId,
    settings: {
      kind: 'RUN_KIND_TRAIN',
      epochs,
      batchSize: 32,
      seed: 1,
      optimizer: { name: 'adam', config: { learning_rate: 0.01 } },
    },
  });
  await jobEnded(rest, 'training', run.jobId);
  return { projectId: project.id, integrationId: integration.id, version, model, runId: run.id };
}

const BLOBS: WalkedData = { name: 'blobs', modulePath: INTEGRATION, classes: 3 };

/**
 * Does one of every kind of job but a similarity analysis, by REST. Returns ids by the name of the path variable
 * that takes them.
 */
export async function walkJobs(rest: RestCaller, data: WalkedData = BLOBS): Promise<Record<string, string>> {
  const { projectId, integrationId, version, model, runId } = await trainBlobs(rest, data);
  const of = (noun: string): string => `/v1/projects/${projectId}/${noun}`;
  const exploration = await waitFor(
    async () => {
      const { body } = await rest.get(`${of('explorations')}?run_id=${runId}&epoch=2`);
      return (
        body['explorations'] as
          | (Named & { state: string; activationSetId: string; neighborGraphId: string })[]
          | undefined
      )?.find((e) => e.state === 'JOB_STATE_SUCCEEDED');
    },
    { timeoutMs: 300_000, what: 'the exploration of epoch 2' },
  );
  const analysis = await rest.make<Named & { jobId: string }>(of('analyses'), 'analysis', {
    runId,
    sample: { split: 'SPLIT_VALIDATION', sampleId: 's480' },
  });
  await jobEnded(rest, 'explanations', analysis.jobId);
  const selection = await rest.make<Named & { jobId: string }>(
    of('selection-analyses'),
    'selectionAnalysis',
    { runId, selection: { rows: [0, 480] } },
  );
  const check = await rest.make<Named & { jobId: string }>(of('sanity-checks'), 'sanityCheck', { runId });
  for (const { jobId } of [selection, check]) await jobEnded(rest, 'explanations', jobId);
  const [index] = (await rest.get(of('indexes'))).body['indexes'] as Named[];
  const ingested = (await rest.get(`/v1/dataset-versions/${version.id}`)).body['datasetVersion'] as {
    samples: { uri: string };
  };
  const { epochs } = (await rest.get(`/v1/runs/${runId}/epochs`)).body as {
    epochs: { modelVersionId: string }[];
  };
  const finished = (await rest.get(`/v1/analyses/${analysis.id}`)).body['analysis'] as { heatMaps: Named[] };
  return {
    project_id: projectId,
    'project.id': projectId,
    integration_id: integrationId,
    dataset_version_id: version.id,
    model_id: model.id,
    'model.id': model.id,
    model_version_id: epochs[0]!.modelVersionId,
    run_id: runId,
    'run.id': runId,
    exploration_id: exploration.id,
    activation_set_id: exploration.activationSetId,
    neighbor_graph_id: exploration.neighborGraphId,
    index_id: index!.id,
    analysis_id: analysis.id,
    heat_map_id: finished.heatMaps[0]!.id,
    selection_analysis_id: selection.id,
    'SelectionAnalysisService.heat_map_id': 'grad-cam',
    sanity_check_id: check.id,
    job_id: version.jobId,
    service: 'datasets',
    uri: ingested.samples.uri,
    split: 'validation',
    sample_id: 's480',
    visualizer: 'default',
    sheet: '0',
    epoch: '2',
    layer: 'conv',
    unit: '0',
  };
}

/** As `walkJobs`, and one resource of every other kind. */
export async function walkBlobs(rest: RestCaller, data: WalkedData = BLOBS): Promise<Record<string, string>> {
  const { name } = data;
  const walked = await walkJobs(rest, data);
  const { project_id: projectId = '', dataset_version_id: datasetVersionId = '' } = walked;
  const of = (noun: string): string => `/v1/projects/${projectId}/${noun}`;
  const slice = await rest.make<Named>(`/v1/dataset-versions/${datasetVersionId}/slices`, 'slice', {
    displayName: name,
    selection: { rows: [0, 3] },
  });
  const upload = await rest.make<Named>(of('uploads'), 'upload', {
    manifest: {
      splits: [{ split: 'SPLIT_TRAINING', count: 1 }],
      inputs: [{ spec: { name: 'x', dataType: 'DATA_TYPE_FLOAT32', dims: [1] } }],
      chunkRows: 1,
      digest: '0'.repeat(64),
    },
  });
  const recording = await rest.make<Named>(of('recordings'), 'run', {
    displayName: `${name} recorded`,
    datasetVersionId,
    outputDims: [3],
  });
  const served = await serveRecorded(rest, projectId, datasetVersionId, `${name} served`);
  return {
    ...walked,
    ...(await concludeBlobs(rest, { name, projectId, runId: walked['run_id']! })),
    slice_id: slice.id,
    'slice.id': slice.id,
    upload_id: upload.id,
    'RecordingService.run_id': recording.id,
    'ServedModelService.run_id': served.runId,
    served_model_id: served.id,
  };
}

/** Records an epoch of one sample, and registers a model that gives the recorded outputs as its scores. */
async function serveRecorded(
  rest: RestCaller,
  projectId: string,
  datasetVersionId: string,
  displayName: string,
): Promise<{ readonly id: string; readonly runId: string }> {
  const { id: runId } = await rest.make<Named>(`/v1/projects/${projectId}/recordings`, 'run', {
    displayName,
    datasetVersionId,
    outputDims: [3],
    layers: [{ name: 'conv', kind: 'Conv2d', unitCount: 4, positionDims: [8, 8] }],
  });
  const data = Buffer.from(Float32Array.of(0.2, 0.7, 0.1).buffer).toString('base64');
  const append = (sequence: number, content: object): Promise<Answer> =>
    rest.post(`/v1/recordings/${runId}:append`, { sequence: String(sequence), epoch: 1, ...content });
  await append(1, {
    samples: {
      split: 'SPLIT_VALIDATION',
      sampleIds: ['s480'],
      columns: [{ content: 'RECORDED_CONTENT_OUTPUT', dataType: 'DATA_TYPE_FLOAT32', data }],
    },
  });
  await append(2, { epochEnd: {} });
  const served = `/v1/runs/${runId}`;
  await waitFor(async () => (await rest.get(`${served}/serving-check?epoch=1`)).status === 200, {
    timeoutMs: 300_000,
    what: 'the recorded epoch',
  });
  const { id } = await rest.make<Named>(`${served}/served-models`, 'servedModel', {
    epoch: 1,
    check: { scores: data },
  });
  return { id, runId };
}

/** A similarity analysis of two of the walk's samples; `reason` is its fault's, empty when it succeeded. */
export async function compareBlobs(
  rest: RestCaller,
  ids: Readonly<Record<string, string>>,
): Promise<{ readonly ids: Record<string, string>; readonly reason: string }> {
  const { id } = await rest.make<Named>(
    `/v1/projects/${ids['project_id']}/similarity-analyses`,
    'similarityAnalysis',
    {
      activationSetId: ids['activation_set_id'],
      query: { split: 'SPLIT_VALIDATION', sampleId: 's480' },
      samples: [{ split: 'SPLIT_VALIDATION', sampleId: 's483' }],
    },
  );
  const made = await untilEnded(
    async () =>
      (await rest.get(`/v1/similarity-analyses/${id}`)).body['similarityAnalysis'] as {
        state: string;
        fault?: { reason: string };
        areas?: { queryHeatMap: Named }[];
      },
    { timeoutMs: 300_000, what: `similarity analysis ${id}` },
  );
  return {
    reason: made.fault?.reason ?? '',
    ids: {
      similarity_analysis_id: id,
      ...(made.areas?.[0] !== undefined && {
        'SimilarityAnalysisService.heat_map_id': made.areas[0].queryHeatMap.id,
      }),
    },
  };
}

/** Waits for a job and throws when it did not succeed. */
export async function jobEnded(rest: RestCaller, service: string, jobId: string): Promise<void> {
  const job = await untilEnded(
    async () =>
      (await rest.get(`/v1/${service}/jobs/${jobId}`)).body['job'] as
        | { state: string; fault?: { message: string } }
        | undefined,
    { timeoutMs: 300_000, what: `job ${jobId} of ${service}` },
  );
  if (job.state !== 'JOB_STATE_SUCCEEDED')
    throw new Error(`job ${jobId} of ${service} ended as ${job.state}: ${job.fault?.message ?? ''}`);
}
