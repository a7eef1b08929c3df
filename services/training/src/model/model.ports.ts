import type { ArtifactRef, Page, PageQuery } from '@noema/kernel';
import type { Model, ModelInfo, ModelVersion } from './model.js';

/** Models and versions; all calls take part in the ambient transaction. */
export interface ModelRepository {
  /** Throws `exists` MODEL_NAME_TAKEN. */
  insert(model: Omit<Model, 'latestVersionId'>): Promise<void>;
  find(id: string): Promise<Model | undefined>;
  hasName(projectId: string, displayName: string): Promise<boolean>;
  page(projectId: string, query: PageQuery): Promise<Page<Model>>;
  /** Runs that start from any of its versions. */
  countRuns(id: string): Promise<number>;
  /** Throws `exists` MODEL_NAME_TAKEN. */
  rename(id: string, displayName: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Adds a version under the next number of its model; one with the same id is left as it is. */
  insertVersion(version: Omit<ModelVersion, 'number'>): Promise<void>;
  findVersion(id: string): Promise<ModelVersion | undefined>;
  pageVersions(modelId: string, query: PageQuery): Promise<Page<ModelVersion>>;
}

/** Understands topologies. Teams take turns. */
export interface ModelCompiler {
  /**
   * Layers as a caller gives them. Throws `invalid` MODEL_INVALID, LAYER_INVALID, LAYER_KIND_UNKNOWN,
   * COMPILE_TIMED_OUT, `exhausted` COMPILERS_BUSY.
   */
  inspectLayers(topology: unknown, teamId: string): Promise<ModelInfo>;
  /** A topology of any kind that is stored here. */
  inspect(artifact: unknown, teamId: string): Promise<ModelInfo>;
}

/** Where topologies lie. */
export interface TopologyStore {
  save(
    owner: { readonly teamId: string; readonly projectId: string; readonly modelId: string },
    artifact: unknown,
  ): Promise<ArtifactRef>;
  read(ref: ArtifactRef): Promise<unknown>;
}

/** The projects of the workspace. */
export interface Projects {
  /** Throws `not-found` when the team has no such project. */
  mustExist(teamId: string, projectId: string): Promise<void>;
}
