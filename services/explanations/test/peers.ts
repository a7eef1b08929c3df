import 'reflect-metadata';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import { NestFactory } from '@nestjs/core';
import { TokenVerifier } from '@noema/auth';
import { artifactRefMessage } from '@noema/contracts';
import { ActivationSetService, type GetActivationSetRequest } from '@noema/contracts/noema/activations/v1/activation_set_service';
import { DatasetService, type GetDatasetVersionRequest } from '@noema/contracts/noema/datasets/v1/dataset_service';
import { type GetSampleRequest, SampleService } from '@noema/contracts/noema/datasets/v1/sample_service';
import { EpochService, type GetEpochRequest } from '@noema/contracts/noema/training/v1/epoch_service';
import { type GetModelRequest, type GetModelVersionRequest, type ListLayersRequest, ModelService } from '@noema/contracts/noema/training/v1/model_service';
import { type GetRunRequest, RunService } from '@noema/contracts/noema/training/v1/run_service';
import { GrpcModule, GrpcServer, GrpcService, type Handlers } from '@noema/grpc';
import { DomainError } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { CLASSES, type World } from './world.js';

const notHere = (): never => { throw new DomainError('unsupported', 'NOT_IN_TEST', 'the tests do not need this'); };
const unknown = (what: string): DomainError => new DomainError('not-found', 'NOT_FOUND', `${what} does not exist`);

@GrpcService(DatasetService)
class Datasets implements Handlers<typeof DatasetService> {
  constructor(private readonly world: World) {}

  getDatasetVersion({ datasetVersionId }: GetDatasetVersionRequest) {
    return { datasetVersion: { id: datasetVersionId, sampleCount: this.world.rows, classNames: CLASSES } };
  }

  listShards() {
    return { shards: this.world.shards.map(({ index, firstRow, rowCount, inputs, groundTruths }) => ({ index, firstRow, rowCount, inputs: artifactRefMessage(inputs), groundTruths: artifactRefMessage(groundTruths) })) };
  }

  createDatasetVersion = notHere;
  listDatasetVersions = notHere;
  deleteDatasetVersion = notHere;
}

/** Sample ids are `s<row>`. */
@GrpcService(SampleService)
class Samples implements Handlers<typeof SampleService> {
  constructor(private readonly world: World) {}

  getSample({ split, sampleId }: GetSampleRequest) {
    const row = Number(sampleId.slice(1));
    if (!(row >= 0 && row < this.world.rows)) throw unknown(`sample ${sampleId}`);
    return { sample: { ref: { split, sampleId }, row } };
  }

  listSamples = notHere;
  getSampleVisual = notHere;
}

@GrpcService(RunService)
class Runs implements Handlers<typeof RunService> {
  constructor(private readonly world: World) {}

  getRun({ runId }: GetRunRequest) {
    const { projectId, datasetVersionId, runs } = this.world;
    if (!runs.has(runId)) throw unknown(`run ${runId}`);
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
    const { weights, evaluation } = this.world.runs.get(runId)!;
    return { epoch: { runId, epoch: epoch === 0 ? 6 : epoch, weights: artifactRefMessage(weights), evaluation: artifactRefMessage(evaluation), modelVersionId: runId } };
  }

  listEpochs = notHere;
}

/** The version of a run's model has the id of the run. */
@GrpcService(ModelService)
class Models implements Handlers<typeof ModelService> {
  constructor(private readonly world: World) {}

  getModelVersion({ modelVersionId }: GetModelVersionRequest) {
    return { modelVersion: { id: modelVersionId, modelId: modelVersionId, topology: artifactRefMessage(this.world.runs.get(modelVersionId)!.topology) } };
  }

  listLayers({ modelVersionId }: ListLayersRequest) {
    const { model } = this.world.runs.get(modelVersionId)!;
    return { layers: model.layers.map(({ name, kind, units, isConvolution }) => ({ name, kind, unitCount: units, convolutional: isConvolution })) };
  }

  getModel({ modelId }: GetModelRequest) {
    return { model: { id: modelId, outputs: [{ name: 'side', dims: [CLASSES.length] }] } };
  }

  createModel = notHere;
  listModels = notHere;
  deleteModel = notHere;
  importModelVersion = notHere;
  listModelVersions = notHere;
}

@GrpcService(ActivationSetService)
class ActivationSets implements Handlers<typeof ActivationSetService> {
  constructor(private readonly world: World) {}

  getActivationSet({ activationSetId }: GetActivationSetRequest) {
    if (activationSetId !== this.world.activationSetId) throw unknown(`activation set ${activationSetId}`);
    return { activationSet: this.set() };
  }

  listActivationSets() {
    return { activationSets: [this.set()] };
  }

  listActivationShards() {
    return { shards: this.world.shards.map(({ index, firstRow, rowCount, vectors }) => ({ index, firstRow, rowCount, vectors: artifactRefMessage(vectors) })) };
  }

  createActivationSet = notHere;
  deleteActivationSet = notHere;

  private set() {
    const { activationSetId: id, projectId, runId, datasetVersionId, basis, moments, runs } = this.world;
    let firstUnit = 0;
    const layers = runs.get(runId)!.model.layers.map(({ name, kind, units }) => ({ name, kind, unitCount: units, firstUnit: (firstUnit += units) - units }));
    return { id, projectId, runId, epoch: 6, datasetVersionId, layers, basis: artifactRefMessage(basis), moments: artifactRefMessage(moments), readyTime: timestampFromDate(new Date()) };
  }
}

class Peers {}

/** A gRPC server that answers what the services datasets, training and activations would say of the world. */
export async function startPeers(world: World, jwks: string): Promise<{ address: string; close: () => Promise<void> }> {
  const providers = [new Datasets(world), new Samples(world), new Runs(world), new Epochs(world), new Models(world), new ActivationSets(world)]
    .map((useValue) => ({ provide: useValue.constructor, useValue }));
  const grpc = GrpcModule.register({ address: '127.0.0.1:0', verifier: new TokenVerifier({ jwks }), logger: silentLogger, drainMs: 200 });
  const app = await NestFactory.createApplicationContext({ module: Peers, imports: [grpc], providers }, { logger: false });
  return { address: `127.0.0.1:${app.get(GrpcServer, { strict: false }).port}`, close: () => app.close() };
}
