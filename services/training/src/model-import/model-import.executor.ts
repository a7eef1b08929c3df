import { type Clock, isRetryable, type UnitOfWork } from '@noema/kernel';
import { architectureDigest, mustShareArchitecture } from '../model/architecture.js';
import type { ModelInfo, ModelFormat, ModelVersion } from '../model/model.js';
import { modelNotFound } from '../model/model.errors.js';
import type { ModelCompiler, ModelRepository, TopologyStore } from '../model/model.ports.js';
import { chosenLayers } from '../model/layer.choice.js';
import { checkSize } from '../model/model.size.js';
import type { ModelImport, ReadModel } from './model-import.js';
import { partMissing } from './model-import.errors.js';
import type { ModelFiles, ModelReader } from './model-import.ports.js';

/** What a worker gives to the import that it does. */
export interface ImportExecution {
  readonly signal: AbortSignal;
  progress(done: number, total: number, message: string): void;
  /** Runs work in a transaction that only the owner of the import's lease can commit. */
  commit<T>(work: () => Promise<T>): Promise<T>;
}

export interface ImportExecutorPorts {
  readonly work: UnitOfWork;
  readonly models: ModelRepository;
  readonly compiler: Pick<ModelCompiler, 'inspect'>;
  readonly topologies: TopologyStore;
  readonly files: ModelFiles;
  readonly reader: ModelReader;
  readonly clock: Clock;
}

/** What a file came to. */
interface ReadVersion {
  readonly read: ReadModel;
  readonly facts: ModelInfo;
  readonly version: Pick<ModelVersion, 'topology' | 'weights' | 'imported'>;
  readonly layers: readonly string[];
}

const STEPS = 3;

/**
 * Reads a file, keeps what is in it, and makes the model and its version become durable together; the
 * uploaded parts go when they are read or refused.
 */
export class ModelImportExecutor {
  constructor(private readonly ports: ImportExecutorPorts) {}

  /**
   * Throws what reading the file throws, and `invalid` MODEL_TOO_LARGE, LAYER_UNKNOWN,
   * MODEL_ARCHITECTURE_DIFFERS, `exists` MODEL_NAME_TAKEN.
   */
  async execute(teamId: string, order: ModelImport, execution: ImportExecution): Promise<void> {
    const { work, models, files } = this.ports;
    if ((await work.run(teamId, () => models.findVersion(order.modelVersionId))) !== undefined) return;
    try {
      await this.read(teamId, order, execution);
    } catch (error) {
      if (!isRetryable(error) && !execution.signal.aborted) await files.removeParts(order.file.parts);
      throw error;
    }
    await files.removeParts(order.file.parts);
  }

  private async read(teamId: string, order: ModelImport, execution: ImportExecution): Promise<void> {
    const { files, reader, compiler, topologies } = this.ports;
    const { file, modelId, projectId } = order;
    const owner = { teamId, projectId, modelId };
    for (const part of file.parts)
      if ((await files.findPart(owner, part)) === undefined) throw partMissing(part.uri);
    execution.progress(0, STEPS, 'reading the file');
    const read = await reader.read(files.read(file.parts), file, execution.signal);
    execution.progress(1, STEPS, 'checking the model');
    const facts = await compiler.inspect(read.artifact, teamId);
    const before = await this.versionBefore(teamId, order);
    checkSize(facts);
    const layers = chosenLayers(facts, file.layers ?? []);
    if (before !== undefined)
      mustShareArchitecture(await compiler.inspect(await topologies.read(before.topology), teamId), facts);
    execution.progress(2, STEPS, 'keeping it');
    const version = {
      topology: before?.topology ?? (await topologies.save(owner, facts.artifact)),
      weights: await files.saveWeights(owner, read.weights),
      imported: await files.saveOriginal(owner, read.extension, file.parts),
    };
    await execution.commit(() => this.record(order, { read, facts, version, layers }));
    execution.progress(STEPS, STEPS, 'done');
  }

  private async versionBefore(
    teamId: string,
    { displayName, modelId }: ModelImport,
  ): Promise<ModelVersion | undefined> {
    if (displayName !== '') return undefined;
    const { work, models } = this.ports;
    return work.run(teamId, async () => {
      const model = await models.find(modelId);
      if (model === undefined) throw modelNotFound(modelId);
      return models.findVersion(model.latestVersionId);
    });
  }

  private async record(
    { projectId, modelId, modelVersionId, displayName }: ModelImport,
    { read, facts, version, layers }: ReadVersion,
  ): Promise<void> {
    const { models, clock } = this.ports;
    const createTime = clock.now();
    const { inputs, outputs, parameterCount } = facts;
    if (displayName !== '')
      await models.insert({
        id: modelId,
        projectId,
        displayName,
        format: read.format as ModelFormat,
        digest: architectureDigest(facts),
        parameterCount,
        inputs,
        outputs,
        createTime,
        layers,
      });
    await models.insertVersion({
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
