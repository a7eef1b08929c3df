import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { TokenVerifier } from '@noema/auth';
import { artifactRefMessage } from '@noema/contracts';
import { DatasetService, type GetDatasetVersionRequest, type ListShardsRequest } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { type ListSamplesRequest, SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { EpochService, type GetEpochRequest } from '@noema/contracts/noema/training/v1/epoch_service';
import { type GetModelVersionRequest, ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { type GetRunRequest, RunService } from '@noema/contracts/noema/training/v1/run_service';
import { type GetProjectRequest, ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { Split } from '@noema/contracts/noema/type/v1/sample_ref';
import { type CallContext, GrpcModule, GrpcServer, GrpcService, type Handlers } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { CLASSES, type World } from './world.js';

const notHere = (): never => { throw new DomainError('unsupported', 'NOT_IN_TEST', 'the tests do not need this'); };
const unknown = (what: string): DomainError => new DomainError('not-found', 'NOT_FOUND', `${what} does not exist`);

@GrpcService(DatasetService)
class Datasets implements Handlers<typeof DatasetService> {
  constructor(private readonly world: World) {}

  getDatasetVersion({ datasetVersionId }: GetDatasetVersionRequest) {
    const { rows, shardSize, shards } = this.world;
    if (datasetVersionId !== this.world.datasetVersionId) throw unknown(datasetVersionId);
    return { datasetVersion: { id: datasetVersionId, sampleCount: shards.length === 0 ? 0 : rows, shardSize, classNames: CLASSES } };
  }

  listShards({ pageToken }: ListShardsRequest) {
    const { shards } = this.world, from = Number(pageToken === '' ? 0 : pageToken);
    const page = shards.slice(from, from + 2).map((shard) => ({ ...shard, inputs: artifactRefMessage(shard.inputs) }));
    return { shards: page, nextPageToken: from + 2 < shards.length ? String(from + 2) : '' };
  }

  createDatasetVersion = notHere;
  listDatasetVersions = notHere;
  deleteDatasetVersion = notHere;
}

@GrpcService(SampleService)
class Samples implements Handlers<typeof SampleService> {
  listSamples({ rows }: ListSamplesRequest) {
    return { samples: rows.map((row) => ({ row, ref: { split: Split.TRAINING, sampleId: `s${row}` } })) };
  }

  getSample = notHere;
  getSampleVisual = notHere;
}

@GrpcService(RunService)
class Runs implements Handlers<typeof RunService> {
  constructor(private readonly world: World) {}

  getRun({ runId }: GetRunRequest) {
    const { projectId, datasetVersionId } = this.world;
    if (!this.world.runs.has(runId)) throw unknown(`run ${runId}`);
    return { run: { id: runId, projectId, datasetVersionId } };
  }

  createRun = notHere;
  listRuns = notHere;
  watchRun = notHere;
  stopRun = notHere;
  resumeRun = notHere;
  deleteRun = notHere;
}

@GrpcService(EpochService)
class Epochs implements Handlers<typeof EpochService> {
  constructor(private readonly world: World) {}

  getEpoch({ runId, epoch }: GetEpochRequest) {
    const weights = this.world.runs.get(runId);
    if (weights === undefined) throw unknown(`run ${runId}`);
    return { epoch: { runId, epoch: epoch === 0 ? 1 : epoch, weights: artifactRefMessage(weights), evaluation: artifactRefMessage(this.world.evaluation), modelVersionId: 'model-version' } };
  }

  listEpochs = notHere;
}

@GrpcService(ModelService)
class Models implements Handlers<typeof ModelService> {
  constructor(private readonly world: World) {}

  getModelVersion({ modelVersionId }: GetModelVersionRequest) {
    return { modelVersion: { id: modelVersionId, topology: artifactRefMessage(this.world.topology) } };
  }

  createModel = notHere;
  getModel = notHere;
  listModels = notHere;
  deleteModel = notHere;
  importModelVersion = notHere;
  listModelVersions = notHere;
  listLayers = notHere;
}

@GrpcService(ProjectService)
class Projects implements Handlers<typeof ProjectService> {
  constructor(private readonly world: World) {}

  getProject({ projectId }: GetProjectRequest, { principal }: CallContext) {
    if (projectId !== this.world.projectId || principal.teamId !== this.world.teamId) throw unknown(`project ${projectId}`);
    return { project: { id: projectId } };
  }

  createProject = notHere;
  listProjects = notHere;
  updateProject = notHere;
  deleteProject = notHere;
}

class Peers {}

/** A gRPC server that answers what the services datasets, training and workspace would say of the world. */
export async function startPeers(world: World, jwks: string): Promise<{ address: string; close: () => Promise<void> }> {
  const providers = [new Datasets(world), new Samples(), new Runs(world), new Epochs(world), new Models(world), new Projects(world)].map((useValue) => ({ provide: useValue.constructor, useValue }));
  const grpc = GrpcModule.register({ address: '127.0.0.1:0', verifier: new TokenVerifier({ jwks }), logger: silentLogger, drainMs: 200 });
  const app = await NestFactory.createApplicationContext({ module: Peers, imports: [grpc], providers }, { logger: false });
  return { address: `127.0.0.1:${app.get(GrpcServer, { strict: false }).port}`, close: () => app.close() };
}
