import { TRAINING_METHODS } from './training-methods.js';
import { randomBytes } from 'node:crypto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { apiKeyInvalid, generateSigningKey, TokenSigner } from '@noema/auth';
import { methodMessage } from '@noema/contracts';
import { ArtifactService } from '@noema/contracts/noema/artifacts/v1/artifact_service';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { PerceptionSpaceService } from '@noema/contracts/noema/activations/v1/perception_space_service';
import { UnitService } from '@noema/contracts/noema/activations/v1/unit_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { IntegrationService } from '@noema/contracts/noema/datasets/v1/integration_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { DashboardService } from '@noema/contracts/noema/quality/v1/dashboard_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { MethodService } from '@noema/contracts/noema/methods/v1/method_service';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import {
  type FindSimilarRequest,
  SimilarityService,
} from '@noema/contracts/noema/similarity/v1/similarity_service';
import type { CreateRunRequest } from '@noema/contracts/noema/training/v1/run_service';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { Task } from '@noema/contracts/noema/type/v1/task';
import { Role } from '@noema/contracts/noema/workspace/v1/member';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { startGateway } from '@noema/gateway';
import { DomainError, selectRows } from '@noema/kernel';
import { freePorts } from '@noema/local-servers';
import { projectionAlgorithms } from '@noema/manifold';
import { silentLogger } from '@noema/observability';
import { peer, startPeers } from '@noema/testing';
import { PAGE_DIRECTORY } from './page-directory.js';
import { SyntheticAnalyses } from './synthetic-analyses.js';
import { syntheticColumns } from './synthetic-columns.js';
import { syntheticEvaluationFile } from './synthetic-evaluation.js';
import { FIRST_VERSION, SyntheticModels } from './synthetic-models.js';
import { SyntheticMaking } from './synthetic-making.js';
import { SyntheticPlacing } from './synthetic-placing.js';
import { ringAt, syntheticPicture } from './synthetic-picture.js';
import { type SyntheticPopulation, syntheticPopulation } from './synthetic-population.js';
import { IDS } from './synthetic-ids.js';
import { epochOfMap, type PlatformOptions, syntheticRecords } from './synthetic-records.js';
import { type EvaluationRecord, readHistory } from './synthetic-tasks.js';
import { SyntheticSlices } from './synthetic-slices.js';
import { SyntheticInsights } from './synthetic-insights.js';
import { syntheticQuality } from './synthetic-quality.js';
import { SyntheticDashboards } from './synthetic-dashboards.js';
import { syntheticRuns } from './synthetic-runs.js';
import { syntheticEpoch, syntheticEvaluation, syntheticSample } from './synthetic-sample.js';

/** The address of the maps of a synthetic platform. */
export const POPULATION_PATH = `/projects/${IDS.project}/runs/${IDS.run}/population`;
const API_KEY = 'noema_synthetic';
/** Similar samples of a request that names no number. */
const SIMILAR_COUNT = 24;

/** A platform that is made up behind its gateway. */
export type SyntheticPlatform = Awaited<ReturnType<typeof startSyntheticPlatform>>;

/**
 * A real gateway with the real page in front of a population of any size, that no machine would train and map
 * within a test; the settings go to the gateway.
 */
export async function startSyntheticPlatform(
  options: PlatformOptions,
  settings: Readonly<Record<string, string>> = {},
) {
  const population = syntheticPopulation(options);
  const {
    project,
    runs: [run],
    epochs,
    set,
    datasetVersion,
    otherVersion,
    team,
    space,
    maps,
  } = syntheticRecords(options, population);
  const { role = 'admin', picture } = options;
  const self = { teamId: IDS.team, subject: 'ann', role: role === 'admin' ? Role.ADMIN : Role.VIEWER };
  const key = await generateSigningKey();
  const signer = new TokenSigner({ privateKey: key.privateKey });
  let retried = false;
  const making = new SyntheticMaking(population, maps(true)[0] ?? {});
  const placing = new SyntheticPlacing(population, maps(true)[0] ?? {}, options.others ?? 0);
  const of = (datasetVersionId: string): SyntheticPopulation =>
    datasetVersionId === IDS.other ? placing.other : population;
  const similar: FindSimilarRequest[] = [];
  const shownMaps = () => [...(making.map === undefined ? [] : [making.map]), ...maps(retried)];
  const rows = new Map(
    options.toSampleId === undefined
      ? []
      : Array.from({ length: population.count }, (_, row) => [population.toSampleId(row), row] as const),
  );
  const getRow = (sampleId: string): number => {
    const row =
      options.toSampleId === undefined
        ? Number(/^s(\d+)$/.exec(sampleId)?.[1] ?? NaN)
        : (rows.get(sampleId) ?? NaN);
    if (!(row < population.count)) throw missing('SAMPLE_NOT_FOUND', `no sample is called ${sampleId}`);
    return row;
  };
  const evaluate = (row: number): EvaluationRecord => ({
    ...syntheticEvaluation(population, row),
    ...(options.task !== undefined && { task: options.task.task, ...options.task.evaluate(row) }),
  });
  const slices = new SyntheticSlices(population);
  const analyses = new SyntheticAnalyses(getRow);
  const insights = new SyntheticInsights(options, population);
  const models = new SyntheticModels(options.models ?? []);
  const dashboards = new SyntheticDashboards(options.dashboards ?? []);
  const others = syntheticRuns(options.moreRuns ?? 0);
  const started: CreateRunRequest[] = [];
  let runName = run?.displayName ?? '';
  const otherRun =
    run === undefined || options.otherRun === undefined
      ? undefined
      : { ...run, displayName: 'second', ...options.otherRun, id: IDS.otherRun };
  const getRun = (runId: string) => {
    const other = others.find((one) => one.run.id === runId);
    if (other !== undefined) return other.run;
    if (otherRun !== undefined && runId === otherRun.id) return otherRun;
    if (run === undefined || runId !== run.id)
      throw missing('RUN_NOT_FOUND', `there is no run ${runId}; list the runs of the project`);
    return {
      ...run,
      displayName: runName,
      ...(options.models !== undefined && { modelVersionId: FIRST_VERSION }),
    };
  };
  const visualNamed = (name: string) => {
    const visual = options.visuals?.find((one) => one.name === name) ?? options.visuals?.[0];
    return visual === undefined ? undefined : { contentType: visual.mediaType, data: visual.bytes };
  };
  const found = (sampled: readonly number[]): readonly number[] =>
    sampled.length > 0 ? sampled : Array.from({ length: Math.min(2, population.count) }, (_, row) => row);
  const peers = await startPeers(key.jwks, [
    peer(TokenService, {
      exchangeApiKey: async ({ apiKey }) => {
        if (apiKey !== API_KEY) throw apiKeyInvalid();
        const { token } = await signer.sign({ teamId: IDS.team, subject: 'ann', role }, 600);
        return { accessToken: token, expireTime: timestampFromDate(new Date(Date.now() + 600_000)), ...self };
      },
      getSelf: () => ({ team, ...self }),
      endSession: () => ({}),
    }),
    peer(ProjectService, { getProject: () => ({ project }), listProjects: () => ({ projects: [project] }) }),
    peer(RunService, {
      getRun: ({ runId }) => ({ run: getRun(runId) }),
      listRuns: () => ({
        runs: [
          ...others.map((one) => one.run),
          ...(otherRun === undefined ? [] : [otherRun]),
          ...(run === undefined ? [] : [getRun(run.id)]),
        ],
      }),
      watchRun: async function* ({ runId }) {
        yield { run: getRun(runId) };
      },
      createRun: (request) => {
        started.push(request);
        return { run: getRun(IDS.run) };
      },
      updateRun: ({ run: changed }) => {
        runName = changed?.displayName ?? '';
        return { run: getRun(changed?.id ?? '') };
      },
    }),
    peer(EpochService, {
      getEpoch: ({ epoch }) => ({ epoch: epochs[epoch - 1] ?? {} }),
      listEpochs: ({ runId }) => ({
        epochs: others.find((one) => one.run.id === runId)?.epochs ?? epochs,
      }),
    }),
    peer(DatasetService, {
      getDatasetVersion: ({ datasetVersionId }) => ({
        datasetVersion:
          datasetVersionId === IDS.other && otherVersion !== undefined ? otherVersion : datasetVersion,
      }),
      listDatasetVersions: () => ({
        datasetVersions: [...(otherVersion === undefined ? [] : [otherVersion]), datasetVersion],
      }),
    }),
    peer(SampleService, {
      getSample: ({ sampleId }) => ({ sample: syntheticSample(population, getRow(sampleId)) }),
      listSamples: ({ datasetVersionId, rows: asked }) => ({
        samples: found(asked).map((row) => syntheticSample(of(datasetVersionId), row)),
        totalSize: of(datasetVersionId).count,
      }),
      getSampleVisual: ({ sampleId, visualizer }) => ({
        body: visualNamed(visualizer) ?? {
          contentType: 'image/png',
          data: picture?.png ?? syntheticPicture(28, 28, ringAt(population.trueClass[getRow(sampleId)]!, 28)),
        },
      }),
      // All members of a selection of the tests look alike.
      getMeanVisual: ({ selection }) => ({
        body: {
          contentType: 'image/png',
          data: syntheticPicture(
            28,
            28,
            ringAt(population.trueClass[[...selectRows(selection, population.count)][0] ?? 0]!, 28),
          ),
        },
      }),
      compareMetadata: () => ({ columns: [] }),
      getVisualSheet: ({ datasetVersionId, sheet, tilePixels }) => ({
        body: {
          contentType: 'image/png',
          data: drawSheet(sheet, tilePixels, of(datasetVersionId).trueClass),
        },
      }),
    }),
    peer(UnitService, { compareUnits: () => ({}) }),
    peer(IntegrationService, { listIntegrations: () => ({}) }),
    peer(ModelService, {
      listModels: () => ({ models: models.list() }),
      getModel: ({ modelId }) => ({ model: models.model(modelId) }),
      listModelVersions: ({ modelId }) => ({ modelVersions: models.versions(modelId) }),
      getModelVersion: ({ modelVersionId }) => ({ modelVersion: models.version(modelVersionId) }),
      listLayers: () => models.layers(),
      listWeightStatistics: () => ({}),
      listModelLimits: () => ({}),
      updateModel: ({ model }) => ({ model: models.rename(model ?? {}) }),
    }),
    peer(SliceService, {
      createSlice: (request) => slices.create(request),
      getSlice: (request) => slices.get(request),
      listSlices: () => slices.list(),
      updateSlice: (request) => slices.update(request),
      deleteSlice: (request) => slices.delete(request),
    }),
    ...insights.peers(),
    ...syntheticQuality(options),
    ...(options.explains === true ? analyses.peers() : []),
    peer(DashboardService, {
      listDashboards: () => ({ dashboards: dashboards.list() }),
      getDashboard: ({ dashboardId }) => ({ dashboard: dashboards.get(dashboardId) }),
      createDashboard: (request) => ({ dashboard: dashboards.create(request) }),
      updateDashboard: ({ dashboard, updateMask }) => ({
        dashboard: dashboards.update(dashboard!, updateMask?.paths ?? []),
      }),
      deleteDashboard: ({ dashboardId }) => {
        dashboards.remove(dashboardId);
        return {};
      },
    }),
    peer(EvaluationService, {
      getSampleEvaluation: ({ sampleId }) => ({
        evaluation: evaluate(getRow(sampleId)),
      }),
      // Of the two that lie around a sample in the order of the loss there is only the next lower one.
      listSampleEvaluations: ({ rows: asked, filter, includeBitmap }) =>
        /^(loss >|row <)/.test(filter)
          ? {}
          : {
              evaluations: found(asked).map(evaluate),
              totalSize: population.count - (filter === '' ? 0 : 1),
              // All rows but the first one.
              ...(includeBitmap && {
                bitmap: Uint8Array.from(
                  { length: Math.ceil(population.count / 8) },
                  (_, at) => ((1 << Math.min(8, population.count - 8 * at)) - 1) & (at === 0 ? 0xfe : 0xff),
                ),
              }),
            },
      compareEvaluations: ({ selection }) => slices.compare(selection),
      getSampleHistory: ({ sampleId }) => ({
        epochs: epochs.map(({ epoch }) => ({
          ...syntheticEpoch(population, getRow(sampleId), epoch),
          ...(options.task !== undefined && readHistory(options.task.evaluate(getRow(sampleId)))),
        })),
        learnedEpoch: 1,
      }),
    }),
    peer(PerceptionSpaceService, { listPerceptionSpaces: () => ({ perceptionSpaces: [space] }) }),
    peer(ActivationSetService, {
      createActivationSet: () => ({ activationSet: set }),
      projectActivationSet: () => ({
        job: placing.read(),
        activationSet: { ...set, id: IDS.otherSet, state: JobState.RUNNING, referenceSetId: set.id },
      }),
      getActivationSet: () => ({ activationSet: set }),
      listActivationSets: () => ({ activationSets: [set] }),
    }),
    peer(MethodService, {
      listMethods: ({ service, kind }) => ({
        methods:
          service === 'projection'
            ? projectionAlgorithms.values().map((method) => methodMessage('projection', method))
            : service === 'training'
              ? TRAINING_METHODS.filter((method) => method.kind === kind)
              : [],
      }),
    }),
    peer(ExplorationService, {
      getExploration: ({ explorationId }) => ({
        exploration:
          [...shownMaps(), ...(placing.map === undefined ? [] : [placing.map])].find(
            ({ id }) => id === explorationId,
          ) ?? {},
      }),
      listExplorations: ({ projectedOnto }) => ({
        explorations:
          projectedOnto === ''
            ? shownMaps()
            : placing.map?.projectedOnto === projectedOnto
              ? [placing.map]
              : [],
      }),
      projectExploration: () => ({ exploration: placing.start() }),
      deleteExploration: ({ explorationId }) => {
        placing.delete(explorationId);
        return {};
      },
      createExploration: (request) => ({ exploration: making.start(request) }),
      streamPointColumns: (request) =>
        request.explorationId === placing.map?.id
          ? syntheticColumns(placing.both, request)
          : syntheticColumns(
              grown(population, epochOfMap(request.explorationId), options.isLearning === true),
              request,
            ),
    }),
    peer(SimilarityService, {
      // Each weighting makes other samples similar: the depth is the distance in rows.
      findSimilar: (request) => ({
        recall: 1,
        perceptionSpaceId: IDS.space,
        similar: listNext(
          getRow(request.queries[0]!.sampleId) + similarFrom(similar, request),
          request.k || SIMILAR_COUNT,
          population,
        ).map((row, at) => ({
          sample: { split: Split.VALIDATION, sampleId: population.toSampleId(row) },
          row,
          distance: (at + 1) / 10,
          similarity: 1 - at / 100,
          rank: at + 1,
        })),
      }),
    }),
    peer(JobService, {
      listJobs: () => ({}),
      cancelJob: ({ service, jobId }) => {
        if (service === 'explanations') analyses.cancel(jobId);
        else if (service === 'insights') insights.end(JobState.CANCELLED);
        else if (!placing.cancel(jobId)) making.end(JobState.CANCELLED);
        return {};
      },
      watchJob: ({ jobId }) => placing.watch(jobId),
      getJob: ({ jobId }) => ({
        job: insights.job(jobId) ??
          placing.job(jobId) ??
          making.job(jobId) ?? {
            id: IDS.job,
            service: 'projection',
            state: retried ? JobState.SUCCEEDED : JobState.FAILED,
          },
      }),
      retryJob: () => {
        retried = true;
        return { job: { id: IDS.job, service: 'projection', state: JobState.QUEUED } };
      },
    }),
    peer(ArtifactService, {
      readArtifact: async function* ({ uri }) {
        const epoch = /^evaluation-(\d+)$/.exec(uri)?.[1];
        const data =
          epoch === undefined
            ? making.preview(uri)
            : syntheticEvaluationFile(
                population,
                options.task?.task ?? Task.MULTI_CLASS,
                epochs.length - Number(epoch),
              );
        yield { body: { contentType: 'application/octet-stream', data } };
      },
    }),
  ]);
  const names = [
    'workspace',
    'datasets',
    'training',
    'activations',
    'projection',
    'similarity',
    'explanations',
    'insights',
    'quality',
  ];
  // A port that no other program takes while the gateway is away.
  const [port] = await freePorts(1);
  const env = {
    NOEMA_AUTH_JWKS: key.jwks,
    NOEMA_HTTP_ADDRESS: `127.0.0.1:${port}`,
    NOEMA_GRPC_ADDRESS: '127.0.0.1:0',
    NOEMA_SERVICES: names.map((name) => `${name}=${peers.address}`).join(','),
    NOEMA_SESSION_SECRET: randomBytes(32).toString('base64'),
    NOEMA_PAGE_DIR: PAGE_DIRECTORY,
    ...settings,
  };
  let gateway = await startGateway(env, { logger: silentLogger });
  const { address } = gateway;
  return {
    url: `http://${address}`,
    apiKey: API_KEY,
    population,
    /** The map that the page asks for. */
    making,
    /** Other data that the page places in the map. */
    placing,
    slices,
    analyses,
    insights,
    /** Every requested run. */
    started,
    /** Every question for similar samples. */
    similar,
    /** Takes the gateway away until `start`. */
    stop: () => gateway.close(),
    /** Has the gateway serve at the same address again. */
    start: async () => {
      gateway = await startGateway(env, { logger: silentLogger });
    },
    close: async () => {
      await gateway.close();
      await peers.close();
    },
  };
}

/** Notes the question; how many rows further on its answer begins. */
function similarFrom(asked: FindSimilarRequest[], request: FindSimilarRequest): number {
  asked.push(request);
  return Math.round(20 * (request.depth ?? request.layerWeights[0]?.weight ?? 0));
}

/** The k next rows of the same class. */
const listNext = (row: number, k: number, { count, classNames }: SyntheticPopulation): number[] =>
  Array.from({ length: k }, (_, i) => row + (i + 1) * Math.max(1, classNames.length)).filter(
    (next) => next < count,
  );

/**
 * Clouds move apart a little from epoch to epoch. A run that learns predicts every second misclassified sample
 * correctly from epoch 2 on, and misclassifies a fifth of class 4.
 */
function grown(population: SyntheticPopulation, epoch: number, isLearning: boolean): SyntheticPopulation {
  if (epoch === 1) return population;
  const { x, loss, trueClass, predictedClass, classNames } = population;
  const moved = { ...population, x: x.map((at) => at * (1 + epoch / 10)) };
  if (!isLearning) return moved;
  const isBroken = (row: number): boolean => trueClass[row] === 4 && Math.floor(row / 10) % 5 === 0;
  const isFixed = (row: number): boolean => predictedClass[row] !== trueClass[row] && row % 2 === 0;
  return {
    ...moved,
    loss: loss.map((value, row) => (isBroken(row) ? value + 2 : isFixed(row) ? 0.01 : value)),
    predictedClass: predictedClass.map((code, row) =>
      isBroken(row) ? (trueClass[row]! + 1) % classNames.length : isFixed(row) ? trueClass[row]! : code,
    ),
  };
}

const missing = (reason: string, message: string): DomainError =>
  new DomainError('not-found', reason, message);

function drawSheet(sheet: number, pixels: number, labels: Int32Array): Uint8Array {
  const rings = Array.from({ length: 10 }, (_, label) => ringAt(label, pixels));
  return syntheticPicture(16 * pixels, 16 * pixels, (x, y) => {
    const label = labels[sheet * 256 + Math.floor(y / pixels) * 16 + Math.floor(x / pixels)];
    return label === undefined ? 0 : rings[Math.max(0, label) % 10]!(x % pixels, y % pixels);
  });
}
