import { randomBytes } from 'node:crypto';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { apiKeyInvalid, generateSigningKey, TokenSigner } from '@noema/auth';
import { ActivationSetService } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { PerceptionSpaceService } from '@noema/contracts/noema/activations/v1/perception_space_service';
import { DatasetService } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { SliceService } from '@noema/contracts/noema/datasets/v1/slice_service';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { Algorithm } from '@noema/contracts/noema/projection/v1/exploration';
import { ExplorationService } from '@noema/contracts/noema/projection/v1/exploration_service';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { EpochService } from '@noema/contracts/noema/training/v1/epoch_service';
import { EvaluationService } from '@noema/contracts/noema/training/v1/evaluation_service';
import { RunService } from '@noema/contracts/noema/training/v1/run_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { Role } from '@noema/contracts/noema/workspace/v1/member';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import { startGateway } from '@noema/gateway';
import { silentLogger } from '@noema/observability';
import { peer, startPeers } from '@noema/testing';
import { PAGE_DIRECTORY } from './page-directory.js';
import { syntheticColumns } from './synthetic-columns.js';
import { sampleIdOf, syntheticEvaluation, syntheticSample } from './synthetic-sample.js';
import { type SyntheticOptions, syntheticPopulation } from './synthetic-population.js';

export const IDS = { team: '01890a5d-ac96-774b-bcce-b302099a8057', project: '01890a5d-ac96-774b-bcce-b302099a8001', run: '01890a5d-ac96-774b-bcce-b302099a8002', data: '01890a5d-ac96-774b-bcce-b302099a8003', set: '01890a5d-ac96-774b-bcce-b302099a8004', space: '01890a5d-ac96-774b-bcce-b302099a8005', map: '01890a5d-ac96-774b-bcce-b302099a8006' } as const;

/** The address of the only map of a synthetic platform. */
export const POPULATION_PATH = `/projects/${IDS.project}/runs/${IDS.run}/population`;
const API_KEY = 'noema_synthetic';
const MADE = timestampFromDate(new Date('2026-11-01T12:00:00Z'));

/** A real gateway with the real page in front of a population of any size, that no machine would train and map within a test; the settings go to the gateway. */
export async function startSyntheticPlatform(options: SyntheticOptions, settings: Readonly<Record<string, string>> = {}) {
  const population = syntheticPopulation(options);
  const { count, classNames } = population;
  const key = await generateSigningKey();
  const signer = new TokenSigner({ privateKey: key.privateKey });
  const team = { id: IDS.team, displayName: 'synthetic', createTime: MADE, updateTime: MADE };
  const project = { id: IDS.project, displayName: 'synthetic', createTime: MADE, updateTime: MADE };
  const epoch = { runId: IDS.run, epoch: 1, splits: [{ split: Split.VALIDATION, sampleCount: count, loss: 0.1, metrics: [{ name: 'accuracy', value: 0.97 }] }], endTime: MADE, seconds: 1 };
  const run = { id: IDS.run, projectId: IDS.project, displayName: 'made up', datasetVersionId: IDS.data, state: RunState.SUCCEEDED, epochsDone: 1, lastEpoch: epoch, settings: { epochs: 1 }, createTime: MADE, endTime: MADE };
  const set = { id: IDS.set, projectId: IDS.project, runId: IDS.run, epoch: 1, datasetVersionId: IDS.data, perceptionSpaceId: IDS.space, state: JobState.SUCCEEDED, sampleCount: count, createTime: MADE, readyTime: MADE };
  const exploration = {
    id: IDS.map, projectId: IDS.project, activationSetId: IDS.set, runId: IDS.run, epoch: 1, datasetVersionId: IDS.data, perceptionSpaceId: IDS.space, algorithm: Algorithm.UMAP, dimensions: 2,
    automatic: true, state: JobState.SUCCEEDED, pointCount: count, trust: { k: 15, trustworthiness: 0.98, continuity: 0.98, knnOverlap: 0.3, labelAgreementMap: 0.97, labelAgreementVectors: 0.97 }, createTime: MADE, readyTime: MADE,
  };
  const datasetVersion = {
    id: IDS.data, projectId: IDS.project, displayName: 'made up', state: JobState.SUCCEEDED, sampleCount: count, shardSize: 2048, splits: [{ split: Split.VALIDATION, count, firstRow: 0 }],
    inputs: [{ name: 'image', dims: [28, 28, 1] }], classNames: [...classNames], visualizers: [{ name: 'image', mediaType: 'image/png' }], createTime: MADE, readyTime: MADE,
  };
  const rowOf = (sampleId: string): number => Number(sampleId.replace(/\D/g, ''));
  const peers = await startPeers(key.jwks, [
    peer(TokenService, {
      exchangeApiKey: async ({ apiKey }) => {
        if (apiKey !== API_KEY) throw apiKeyInvalid();
        const { token } = await signer.sign({ teamId: IDS.team, subject: 'ann', role: 'admin' }, 600);
        return { accessToken: token, expireTime: timestampFromDate(new Date(Date.now() + 600_000)), teamId: IDS.team, subject: 'ann', role: Role.ADMIN };
      },
      getSelf: () => ({ team, subject: 'ann', role: Role.ADMIN }),
    }),
    peer(ProjectService, { getProject: () => ({ project }), listProjects: () => ({ projects: [project] }) }),
    peer(RunService, { getRun: () => ({ run }), listRuns: () => ({ runs: [run] }), watchRun: async function* () { yield { run }; } }),
    peer(EpochService, { getEpoch: () => ({ epoch }), listEpochs: () => ({ epochs: [epoch] }) }),
    peer(DatasetService, { getDatasetVersion: () => ({ datasetVersion }), listDatasetVersions: () => ({ datasetVersions: [datasetVersion] }) }),
    peer(SampleService, { getSample: ({ sampleId }) => ({ sample: syntheticSample(population, rowOf(sampleId)) }), listSamples: ({ rows }) => ({ samples: rows.map((row) => syntheticSample(population, row)), totalSize: rows.length }) }),
    peer(SliceService, { listSlices: () => ({}) }),
    peer(EvaluationService, {
      getSampleEvaluation: ({ sampleId }) => ({ evaluation: syntheticEvaluation(population, rowOf(sampleId)) }),
      listSampleEvaluations: ({ rows }) => ({ evaluations: rows.map((row) => syntheticEvaluation(population, row)), totalSize: rows.length }),
    }),
    peer(PerceptionSpaceService, { listPerceptionSpaces: () => ({ perceptionSpaces: [{ id: IDS.space, projectId: IDS.project, name: 'all', builtIn: true, createTime: MADE }] }) }),
    peer(ActivationSetService, { getActivationSet: () => ({ activationSet: set }), listActivationSets: () => ({ activationSets: [set] }) }),
    peer(ExplorationService, {
      getExploration: () => ({ exploration }), listExplorations: () => ({ explorations: [exploration] }),
      streamPointColumns: (request) => syntheticColumns(population, request),
    }),
  ]);
  const names = ['workspace', 'datasets', 'training', 'activations', 'projection'];
  const env = {
    NOEMA_AUTH_JWKS: key.jwks, NOEMA_HTTP_ADDRESS: '127.0.0.1:0', NOEMA_SERVICES: names.map((name) => `${name}=${peers.address}`).join(','),
    NOEMA_SESSION_SECRET: randomBytes(32).toString('base64'), NOEMA_PAGE_DIR: PAGE_DIRECTORY, ...settings,
  };
  const gateway = await startGateway(env, { logger: silentLogger });
  return {
    url: `http://${gateway.address}`, apiKey: API_KEY, population, sampleIdOf,
    close: async () => {
      await gateway.close();
      await peers.close();
    },
  };
}
