import type { ArtifactRef, Page, PageQuery, SampleAddress } from '@noema/kernel';
import type { Basis, Moments } from '@noema/perception';
import type {
  ActivationLayer,
  ActivationSet,
  ActivationShard,
  EpochOfRun,
  ActivationSetContents,
  StoredSet,
} from './activation-set.js';
import type { MetadataColumn } from '../unit/metadata-relation.js';
import type { NewPerceptionSpace, PerceptionSpace } from '../perception-space/perception-space.js';
import type { UnitStatistics } from '../unit/unit-statistics.js';

export interface NewActivationSet extends EpochOfRun {
  readonly id: string;
  readonly perceptionSpaceId: string;
  readonly jobId: string;
  /** With the basis that it has. */
  readonly reference?: { readonly setId: string; readonly basis: ArtifactRef } | undefined;
}

/** Which sets to list. Sets of other data are listed only with their reference. */
export interface SetsNarrowed {
  readonly runId?: string;
  readonly epoch?: number;
  readonly referenceSetId?: string;
}

/** Where sets are kept; every method takes part in the ambient transaction of a team. */
export interface ActivationSets {
  insert(set: NewActivationSet): Promise<void>;
  find(id: string): Promise<ActivationSet | undefined>;
  /** Without the state of its job, which is most of the work of finding it. */
  findStored(id: string): Promise<StoredSet | undefined>;
  /** A finished set of the same epoch and data, whose responses may be used again. */
  findFinished(runId: string, epoch: number, datasetVersionId: string): Promise<ActivationSet | undefined>;
  list(projectId: string, narrow: SetsNarrowed, query: PageQuery): Promise<Page<ActivationSet>>;
  update(id: string, contents: Partial<ActivationSetContents>): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Where the shards of sets are kept; every method takes part in the ambient transaction of a team. */
export interface ActivationShards {
  of(setId: string): Promise<ActivationShard[]>;
  find(setId: string, index: number): Promise<ActivationShard | undefined>;
  save(setId: string, shards: readonly ActivationShard[]): Promise<void>;
}

/** The projects of a team. */
export interface Projects {
  /** Throws `not-found`, also for a project of another team. */
  mustExist(teamId: string, projectId: string): Promise<void>;
}

/** Where perception spaces are kept; every method takes part in the ambient transaction of a team. */
export interface PerceptionSpaces {
  /** Adds the missing spaces. */
  ensure(spaces: readonly NewPerceptionSpace[]): Promise<void>;
  /** Throws `exists` when the name is taken. */
  insert(space: NewPerceptionSpace): Promise<PerceptionSpace>;
  find(id: string): Promise<PerceptionSpace | undefined>;
  findByName(projectId: string, name: string): Promise<PerceptionSpace | undefined>;
  list(projectId: string, query: PageQuery): Promise<Page<PerceptionSpace>>;
}

/** Queues the job that makes a set, in the ambient transaction, and returns its id. */
export interface ActivationSetJobs {
  queue(teamId: string, setId: string): Promise<string>;
}

/** Announces, in the ambient transaction, that a set became visible. */
export interface ActivationSetEvents {
  ready(set: StoredSet, vectors: readonly ArtifactRef[]): Promise<void>;
}

/** The runs, as the service that trains them tells. */
export interface Epochs {
  /** The epoch, the last one for 0. Throws `not-found`. */
  get(teamId: string, runId: string, epoch: number): Promise<EpochOfRun>;
}

/** The population, as the service that ingests it tells. */
export interface Populations {
  version(
    teamId: string,
    datasetVersionId: string,
  ): Promise<{
    readonly sampleCount: number;
    readonly shardSize: number;
    /** Empty when the data have no classes. */
    readonly classNames: readonly string[];
  }>;
  /** The shards in the order of their rows. */
  shards(teamId: string, datasetVersionId: string): Promise<readonly ActivationShard[]>;
  /** The addresses of some rows. */
  addresses(
    teamId: string,
    datasetVersionId: string,
    rows: readonly number[],
  ): Promise<ReadonlyMap<number, SampleAddress>>;
}

/** The metadata of a population. */
export interface PopulationMetadata {
  /**
   * Columns that a unit can be related to: numbers, truth values, and texts of which there are at most
   * `MOST_TEXTS`.
   */
  of(teamId: string, datasetVersionId: string): Promise<readonly MetadataColumn[]>;
}

/** Mean and maximum of every unit over positions: [rows, units] float32. */
export interface Responses {
  readonly mean: Float32Array;
  readonly max: Float32Array;
}

/** Runs the model. */
export interface Responder {
  readonly engine: string;
  layersOf(epoch: EpochOfRun): Promise<Omit<ActivationLayer, 'droppedUnits' | 'firstEigenvalue'>[]>;
  /** True when all rows of all shards have the same inputs. */
  inputsAreEqual(shards: readonly ActivationShard[], signal: AbortSignal): Promise<boolean>;
  respond(
    epoch: EpochOfRun,
    shard: ActivationShard,
    options: { readonly signal: AbortSignal; readonly progress: (rows: number) => void },
  ): Promise<Responses>;
}

/** Whose artifact it is. */
export interface ArtifactOwner {
  readonly teamId: string;
  readonly projectId: string;
  readonly setId: string;
}

/** The matrices of sets in the artifact store. */
export interface SetArtifacts {
  writeResponses(
    owner: ArtifactOwner,
    shard: number,
    responses: Responses,
    rows: number,
  ): Promise<ArtifactRef>;
  readResponses(ref: ArtifactRef): Promise<Responses>;
  writeMoments(owner: ArtifactOwner, part: string, moments: Moments): Promise<ArtifactRef>;
  readMoments(ref: ArtifactRef): Promise<Moments>;
  writeBasis(owner: ArtifactOwner, basis: Basis): Promise<ArtifactRef>;
  readBasis(ref: ArtifactRef): Promise<Basis>;
  writeVectors(
    owner: ArtifactOwner,
    shard: number,
    vectors: Float32Array,
    rows: number,
  ): Promise<ArtifactRef>;
  writeStatistics(owner: ArtifactOwner, statistics: UnitStatistics): Promise<ArtifactRef>;
  readStatistics(ref: ArtifactRef): Promise<UnitStatistics>;
  /** Loss of every row [n] float32, NaN where there is none, and its class [n], −1 where there is none. */
  readEvaluation(
    evaluation: ArtifactRef,
  ): Promise<{ readonly losses: Float32Array; readonly classes: Int32Array }>;
}
