import { createHash } from 'node:crypto';
import {
  type Clock,
  displayName as checkedName,
  isUuid,
  type Page,
  type PageQuery,
  type UnitOfWork,
  uuidv7,
} from '@noema/kernel';
import type { Model, ModelInfo, ModelVersion } from './model.js';
import { modelInUse, modelNotFound, modelVersionNotFound, topologyMissing } from './model.errors.js';
import type { ModelCompiler, ModelRepository, Projects, TopologyStore } from './model.ports.js';
import { checkSize } from './model.size.js';

export interface NewModel {
  readonly projectId: string;
  readonly displayName: string;
  readonly topology: unknown;
  readonly seed: number;
}

/** Models and their versions. */
export class ModelUseCases {
  constructor(
    private readonly work: UnitOfWork,
    private readonly models: ModelRepository,
    private readonly compiler: ModelCompiler,
    private readonly topologies: TopologyStore,
    private readonly projects: Projects,
    private readonly clock: Clock,
  ) {}

  /**
   * Checks what needs no transaction: name, project, and that the topology compiles. Gives what the model is.
   */
  async prepare(teamId: string, { projectId, displayName, topology }: NewModel): Promise<ModelInfo> {
    checkedName(displayName);
    if (topology === undefined) throw topologyMissing();
    await this.projects.mustExist(teamId, projectId);
    const facts = await this.compiler.inspectLayers(topology, teamId);
    checkSize(facts);
    return facts;
  }

  /** Adds a prepared model with version 1, in the ambient transaction of the team. */
  async create(
    teamId: string,
    { projectId, displayName, topology, seed }: NewModel,
    facts: ModelInfo,
  ): Promise<{ model: Model; version: ModelVersion }> {
    const { inputs, outputs, parameterCount, artifact } = facts;
    const [modelId, versionId, createTime] = [uuidv7(), uuidv7(), this.clock.now()];
    const digest = createHash('sha256')
      .update(JSON.stringify(sorted(topology)))
      .digest('hex');
    await this.models.insert({
      id: modelId,
      projectId,
      displayName: displayName.trim(),
      format: 'layers-json',
      digest,
      parameterCount,
      inputs,
      outputs,
      createTime,
      layers: [],
    });
    const topologyRef = await this.topologies.save({ teamId, projectId, modelId }, artifact);
    await this.models.insertVersion({
      id: versionId,
      modelId,
      projectId,
      origin: 'initialized',
      runId: '',
      epoch: 0,
      seed,
      topology: topologyRef,
      weights: undefined,
      imported: undefined,
      createTime,
    });
    return { model: await this.mustFind(modelId), version: await this.mustFindVersion(versionId) };
  }

  get(teamId: string, id: string): Promise<Model> {
    return this.work.run(teamId, () => this.mustFind(id));
  }

  list(teamId: string, projectId: string, query: PageQuery): Promise<Page<Model>> {
    return this.work.run(teamId, () => this.models.page(projectId, query));
  }

  /** Changes the name, where one is given. Throws `not-found` MODEL_NOT_FOUND, `exists` MODEL_NAME_TAKEN. */
  update(teamId: string, id: string, { displayName }: { readonly displayName?: string }): Promise<Model> {
    return this.work.run(teamId, async () => {
      await this.mustFind(id);
      if (displayName !== undefined) await this.models.rename(id, checkedName(displayName));
      return this.mustFind(id);
    });
  }

  /** Throws `precondition` MODEL_IN_USE while runs refer to it. */
  delete(teamId: string, id: string): Promise<void> {
    return this.work.run(teamId, async () => {
      await this.mustFind(id);
      const runs = await this.models.countRuns(id);
      if (runs > 0) throw modelInUse(id, runs);
      await this.models.remove(id);
    });
  }

  getVersion(teamId: string, id: string): Promise<ModelVersion> {
    return this.work.run(teamId, () => this.mustFindVersion(id));
  }

  listVersions(teamId: string, modelId: string, query: PageQuery): Promise<Page<ModelVersion>> {
    return this.work.run(teamId, async () => {
      await this.mustFind(modelId);
      return this.models.pageVersions(modelId, query);
    });
  }

  /**
   * All layers in the order of the graph, outputs of blocks, and which of them are proposed to be followed.
   */
  async layers(
    teamId: string,
    versionId: string,
  ): Promise<Pick<ModelInfo, 'layers' | 'blocks' | 'proposed'>> {
    const { topology } = await this.getVersion(teamId, versionId);
    return this.compiler.inspect(await this.topologies.read(topology), teamId);
  }

  private async mustFind(id: string): Promise<Model> {
    const model = isUuid(id) ? await this.models.find(id) : undefined;
    if (model === undefined) throw modelNotFound(id);
    return model;
  }

  private async mustFindVersion(id: string): Promise<ModelVersion> {
    const version = isUuid(id) ? await this.models.findVersion(id) : undefined;
    if (version === undefined) throw modelVersionNotFound(id);
    return version;
  }
}

/** The value with the keys of its objects in order, so that the same topology has the same digest. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}
