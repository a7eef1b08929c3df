import { Inject, Injectable } from '@nestjs/common';
import { WorkspaceProjects } from '@noema/host';
import {
  displayName as checkedName,
  findOrThrow,
  type Page,
  type PageQuery,
  type Port,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import { Database } from '@noema/postgres';
import { CompilerThreads } from '../engine/compiler.threads.js';
import { modelInUse, modelNotFound, modelVersionNotFound, topologyMissing } from './model.errors.js';
import type { CompiledTopology, Model, ModelInfo, ModelVersion } from './model.js';
import { ModelRepository } from './model.repository.js';
import { checkSize } from './model.size.js';
import { ModelVersionRepository } from './model-version.repository.js';
import { TopologyStore } from './topology.store.js';

export interface NewModel {
  readonly projectId: string;
  readonly displayName: string;
  readonly topology?: unknown;
  readonly seed: number;
}

/** A model that may be added. */
export interface PreparedModel extends Omit<NewModel, 'topology'> {
  readonly compiled: CompiledTopology;
}

/** Models and their versions. */
@Injectable()
export class ModelService {
  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ModelRepository) private readonly models: Port<ModelRepository>,
    @Inject(ModelVersionRepository) private readonly versions: Port<ModelVersionRepository>,
    @Inject(CompilerThreads)
    private readonly compiler: Pick<CompilerThreads, 'compile' | 'inspect'>,
    @Inject(TopologyStore) private readonly topologies: Port<TopologyStore>,
    @Inject(WorkspaceProjects) private readonly projects: Port<WorkspaceProjects>,
  ) {}

  /**
   * Checks what needs no transaction: the name, the project, and that the topology compiles. Throws `invalid`
   * MODEL_INVALID, MODEL_TOO_LARGE, as `displayName`, as `CompilerThreads.compile`, and `not-found`
   * PROJECT_NOT_FOUND.
   */
  async prepare(
    teamId: string,
    { projectId, displayName, topology, seed }: NewModel,
  ): Promise<PreparedModel> {
    const name = checkedName(displayName);
    if (topology === undefined) throw topologyMissing();
    await this.projects.mustExist(teamId, projectId);
    const compiled = await this.compiler.compile(topology, teamId);
    checkSize(compiled);
    return { projectId, displayName: name, seed, compiled };
  }

  /** Adds a prepared model with version 1, in the ambient transaction of the team. */
  async create(
    teamId: string,
    { projectId, displayName, seed, compiled }: PreparedModel,
  ): Promise<{ model: Model; version: ModelVersion }> {
    const { inputs, outputs, parameterCount, digest, artifact } = compiled;
    const [modelId, versionId, createTime] = [uuidv7(), uuidv7(), new Date()];
    await this.models.insert({
      id: modelId,
      projectId,
      displayName,
      format: 'layers-json',
      digest,
      parameterCount,
      inputs,
      outputs,
      createTime,
      layers: [],
    });
    await this.versions.insert({
      id: versionId,
      modelId,
      projectId,
      origin: 'initialized',
      runId: '',
      epoch: 0,
      seed,
      topology: await this.topologies.saveJson({ teamId, projectId, modelId }, artifact),
      weights: undefined,
      imported: undefined,
      createTime,
    });
    return { model: await this.get(teamId, modelId), version: await this.getVersion(teamId, versionId) };
  }

  /** Throws `not-found` MODEL_NOT_FOUND. */
  get(teamId: string, id: string): Promise<Model> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.models, id, modelNotFound));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<Model>> {
    return this.unitOfWork.run(teamId, () => this.models.list(projectId, query));
  }

  /** Changes the name, where one is given. Throws `not-found` MODEL_NOT_FOUND, `exists` MODEL_NAME_TAKEN. */
  update(teamId: string, id: string, { displayName }: { readonly displayName?: string }): Promise<Model> {
    return this.unitOfWork.run(teamId, async () => {
      await this.get(teamId, id);
      if (displayName !== undefined) await this.models.rename(id, checkedName(displayName));
      return this.get(teamId, id);
    });
  }

  /** Throws `not-found` MODEL_NOT_FOUND, `precondition` MODEL_IN_USE while runs refer to it. */
  delete(teamId: string, id: string): Promise<void> {
    return this.unitOfWork.run(teamId, async () => {
      await this.get(teamId, id);
      const runs = await this.models.countRuns(id);
      if (runs > 0) throw modelInUse(id, runs);
      await this.models.delete(id);
    });
  }

  /** Throws `not-found` MODEL_VERSION_NOT_FOUND. */
  getVersion(teamId: string, id: string): Promise<ModelVersion> {
    return this.unitOfWork.run(teamId, () => findOrThrow(this.versions, id, modelVersionNotFound));
  }

  /** Throws `not-found` MODEL_NOT_FOUND. */
  listVersions(teamId: string, modelId: string, query: PageQuery): Promise<Page<ModelVersion>> {
    return this.unitOfWork.run(teamId, async () => {
      await this.get(teamId, modelId);
      return this.versions.list(modelId, query);
    });
  }

  /**
   * Returns all layers in the order of the graph, the outputs of blocks, and which of them are proposed to be
   * followed.
   */
  async layers(
    teamId: string,
    versionId: string,
  ): Promise<Pick<ModelInfo, 'layers' | 'blocks' | 'proposed'>> {
    const { topology } = await this.getVersion(teamId, versionId);
    return this.compiler.inspect(await this.topologies.readJson(topology), teamId);
  }
}
