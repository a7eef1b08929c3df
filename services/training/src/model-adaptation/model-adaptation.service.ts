import { Inject, Injectable } from '@nestjs/common';
import { displayName as checkedName, findOrThrow, type Port, type UnitOfWork, uuidv7 } from '@noema/kernel';
import { DatasetCatalog } from '@noema/population';
import { Database } from '@noema/postgres';
import { datasetNotReady } from '../dataset/dataset.errors.js';
import { CompilerThreads } from '../engine/compiler.threads.js';
import { modelNotFound, modelVersionNotFound } from '../model/model.errors.js';
import type { Model, ModelVersion } from '../model/model.js';
import { ModelRepository } from '../model/model.repository.js';
import { checkSize } from '../model/model.size.js';
import { ModelVersionRepository } from '../model/model-version.repository.js';
import { TopologyStore } from '../model/topology.store.js';
import { ModelFileStore } from '../model-import/model-file.store.js';
import { otherProject } from '../run/run.errors.js';
import { planAdaptation } from './adaptation.plan.js';
import type { AdaptationRequest, AdaptedModel } from './model-adaptation.js';

/** An adaptation that may be stored. */
export interface PreparedAdaptation {
  readonly request: AdaptationRequest;
  readonly source: Model;
  readonly version: ModelVersion;
  readonly adapted: AdaptedModel;
}

/** Makes a model of a version of another one: a new head, or another order of the classes. */
@Injectable()
export class ModelAdaptationService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ModelRepository) private readonly models: Pick<Port<ModelRepository>, 'find' | 'insert'>,
    @Inject(ModelVersionRepository)
    private readonly versions: Pick<Port<ModelVersionRepository>, 'find' | 'insert'>,
    @Inject(CompilerThreads) private readonly compiler: Pick<CompilerThreads, 'adapt' | 'inspect'>,
    @Inject(TopologyStore) private readonly topologies: Port<TopologyStore>,
    @Inject(ModelFileStore) private readonly files: Pick<ModelFileStore, 'read' | 'saveWeights'>,
    @Inject(DatasetCatalog) private readonly datasets: Pick<DatasetCatalog, 'version'>,
  ) {}

  /**
   * Checks what needs no transaction, and compiles the adapted model. Throws as `planAdaptation` and
   * `CompilerThreads.adapt`, `not-found` MODEL_VERSION_NOT_FOUND, DATASET_VERSION_NOT_FOUND, `precondition`
   * DATASET_VERSION_NOT_READY, `invalid` MODEL_TOO_LARGE.
   */
  async prepare(teamId: string, request: AdaptationRequest): Promise<PreparedAdaptation> {
    const { unitOfWork, topologies, compiler } = this;
    const displayName = checkedName(request.displayName);
    const { source, version } = await unitOfWork.run(teamId, async () => {
      const found = await findOrThrow(this.versions, request.modelVersionId, modelVersionNotFound);
      return { version: found, source: await findOrThrow(this.models, found.modelId, modelNotFound) };
    });
    const dataset = await this.datasets.version(teamId, request.datasetVersionId);
    if (dataset.projectId !== version.projectId)
      throw otherProject('dataset version', dataset.id, version.projectId);
    if (!dataset.isReady) throw datasetNotReady(dataset.id);
    const topology = await topologies.readJson(version.topology);
    const { outputs } = await compiler.inspect(topology, teamId);
    const adaptation = planAdaptation(request, outputs, dataset);
    const adapted = await compiler.adapt(topology, { adaptation, seed: request.seed }, teamId);
    checkSize(adapted.info);
    return { request: { ...request, displayName }, source, version, adapted };
  }

  /** Adds the adapted model with its first version, in the ambient transaction of the team. */
  async create(
    teamId: string,
    { request, source, version, adapted }: PreparedAdaptation,
  ): Promise<{ modelId: string; versionId: string }> {
    const { info, digest, artifact, kept, added } = adapted;
    const { projectId } = version;
    const [modelId, versionId, createTime] = [uuidv7(), uuidv7(), new Date()];
    const owner = { teamId, projectId, modelId };
    const { inputs, outputs, parameterCount } = info;
    await this.models.insert({
      id: modelId,
      projectId,
      displayName: request.displayName,
      format: source.format,
      digest,
      parameterCount,
      inputs,
      outputs,
      createTime,
      layers: source.layers.filter((name) => info.layers.some((layer) => layer.name === name)),
    });
    await this.versions.insert({
      id: versionId,
      modelId,
      projectId,
      origin: 'adapted',
      runId: '',
      epoch: 0,
      // Without weights the run draws them: names and seed of the version before give the same ones.
      seed: version.weights === undefined ? version.seed : request.seed,
      topology: await this.topologies.saveJson(owner, artifact),
      weights:
        version.weights &&
        (await this.files.saveWeights(owner, keptBytes(this.files.read([version.weights]), kept, added))),
      imported: undefined,
      createTime,
    });
    return { modelId, versionId };
  }
}

/** The kept ranges of a stream of bytes, and further bytes behind them. */
export async function* keptBytes(
  source: AsyncIterable<Uint8Array>,
  kept: AdaptedModel['kept'],
  added: Uint8Array,
): AsyncGenerator<Uint8Array> {
  let at = 0;
  for await (const chunk of source) {
    for (const [from, to] of kept) {
      const start = Math.max(from, at) - at;
      const end = Math.min(to, at + chunk.length) - at;
      if (start < end) yield chunk.subarray(start, end);
    }
    at += chunk.length;
  }
  if (added.length > 0) yield added;
}
