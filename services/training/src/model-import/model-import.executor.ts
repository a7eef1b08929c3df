import { Inject, Injectable } from '@nestjs/common';
import { readPreprocessing } from '@noema/importers';
import type { ShardContext } from '@noema/jobs';
import { findOrThrow, isRetryable, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { inspectArtifact } from '../engine/model.compiling.js';
import { architectureDigest, mustShareArchitecture } from '../model/architecture.js';
import { chosenLayers } from '../model/layer.choice.js';
import { modelNotFound } from '../model/model.errors.js';
import type { ModelFormat, ModelInfo, ModelVersion } from '../model/model.js';
import { ModelRepository } from '../model/model.repository.js';
import { checkSize } from '../model/model.size.js';
import { ModelVersionRepository } from '../model/model-version.repository.js';
import { TopologyStore } from '../model/topology.store.js';
import { ModelFileReader } from './model-file.reader.js';
import { ModelFileStore } from './model-file.store.js';
import { partMissing } from './model-import.errors.js';
import { listParts, type ModelImport, type ReadModel } from './model-import.js';

type Shard = Pick<ShardContext<never>, 'signal' | 'progress' | 'commit'>;

/** Result of importing a file. */
interface ReadVersion {
  readonly read: ReadModel;
  readonly info: ModelInfo;
  readonly version: Pick<ModelVersion, 'topology' | 'weights' | 'imported'>;
  readonly layers: readonly string[];
}

const STEPS = 3;

/**
 * Reads a file, keeps what is in it, and makes the model and its version become durable together; the
 * uploaded parts go when they are read or refused.
 */
@Injectable()
export class ModelImportExecutor {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ModelRepository) private readonly models: Pick<ModelRepository, 'find' | 'insert'>,
    @Inject(ModelVersionRepository)
    private readonly versions: Pick<ModelVersionRepository, 'find' | 'insert'>,
    @Inject(TopologyStore) private readonly topologies: TopologyStore,
    @Inject(ModelFileStore) private readonly files: ModelFileStore,
    @Inject(ModelFileReader) private readonly reader: Pick<ModelFileReader, 'read'>,
  ) {}

  /**
   * Throws what reading the file throws, and `invalid` MODEL_TOO_LARGE, LAYER_UNKNOWN,
   * MODEL_ARCHITECTURE_DIFFERS, `exists` MODEL_NAME_TAKEN.
   */
  async execute(teamId: string, order: ModelImport, shard: Shard): Promise<void> {
    const { unitOfWork, versions, files } = this;
    if ((await unitOfWork.run(teamId, () => versions.find(order.modelVersionId))) !== undefined) return;
    try {
      await this.read(teamId, order, shard);
    } catch (error) {
      if (!isRetryable(error) && !shard.signal.aborted) await files.removeParts(listParts(order.file));
      throw error;
    }
    await files.removeParts(listParts(order.file));
  }

  private async read(teamId: string, order: ModelImport, shard: Shard): Promise<void> {
    const { files, reader, topologies } = this;
    const { file, modelId, projectId } = order;
    const owner = { teamId, projectId, modelId };
    for (const part of listParts(file))
      if ((await files.findPart(owner, part)) === undefined) throw partMissing(part.uri);
    shard.progress(0, STEPS, 'steps', 'reading the file');
    const before = await this.versionBefore(teamId, order);
    const stored = before && (await topologies.read(before.topology));
    const read = await reader.read(
      files.read(listParts(file)),
      stored === undefined ? file : { ...file, preprocessing: readPreprocessing(stored) },
      shard.signal,
    );
    shard.progress(1, STEPS, 'steps', 'checking the model');
    const info = inspectArtifact(read.artifact);
    checkSize(info);
    const layers = chosenLayers(info, file.layers ?? []);
    if (stored !== undefined) mustShareArchitecture(inspectArtifact(stored), info);
    shard.progress(2, STEPS, 'steps', 'keeping it');
    const version = {
      topology: before?.topology ?? (await topologies.save(owner, info.artifact)),
      weights: await files.saveWeights(owner, read.weights),
      imported: await files.saveOriginal(owner, read.extension, file.parts),
    };
    await shard.commit(() => this.record(order, { read, info, version, layers }));
    shard.progress(STEPS, STEPS, 'steps', 'done');
  }

  /** The latest version of the model that a further version is imported for. */
  private async versionBefore(
    teamId: string,
    { displayName, modelId }: ModelImport,
  ): Promise<ModelVersion | undefined> {
    if (displayName !== '') return undefined;
    return this.unitOfWork.run(teamId, async () => {
      const { latestVersionId } = await findOrThrow(this.models, modelId, modelNotFound);
      return this.versions.find(latestVersionId);
    });
  }

  private async record(
    { projectId, modelId, modelVersionId, displayName }: ModelImport,
    { read, info, version, layers }: ReadVersion,
  ): Promise<void> {
    const createTime = new Date();
    const { inputs, outputs, parameterCount } = info;
    if (displayName !== '')
      await this.models.insert({
        id: modelId,
        projectId,
        displayName,
        format: read.format as ModelFormat,
        digest: architectureDigest(info),
        parameterCount,
        inputs,
        outputs,
        createTime,
        layers,
      });
    await this.versions.insert({
      id: modelVersionId,
      modelId,
      projectId,
      origin: 'imported',
      runId: '',
      epoch: 0,
      seed: 0,
      ...version,
      createTime,
    });
  }
}
