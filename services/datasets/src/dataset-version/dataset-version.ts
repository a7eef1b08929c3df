import type { ArtifactRef, Brand, JobResource, ProjectId, SplitName, Vocabulary } from '@noema/kernel';
import type { IntegrationId } from '../integration/integration.js';

export type DatasetVersionId = Brand<string, 'DatasetVersionId'>;

/** Type and shape of one sample, without a batch dimension. */
export interface TensorSpec {
  readonly name: string;
  readonly type: 'float32' | 'uint8' | 'int32' | 'bool';
  readonly dims: readonly number[];
  /** Of an input of ids: their tokens, where the integration states them. */
  readonly vocabulary?: Vocabulary | undefined;
}

/** Numbers of one sample's tensor. */
export const countNumbers = ({ dims }: Pick<TensorSpec, 'dims'>): number =>
  dims.reduce((count, dim) => count * dim, 1);

/** A split's rows are `firstRow` to `firstRow + count` − 1. */
export interface SplitCount {
  readonly split: SplitName;
  readonly count: number;
  readonly firstRow: number;
}

export type MetadataType = 'number' | 'string' | 'boolean';

/** A metadata column and what its values are like. */
export interface MetadataColumn {
  readonly name: string;
  readonly type: MetadataType;
  readonly distinct: number;
  readonly missing: number;
  readonly min?: number;
  readonly max?: number;
  /** Of a text column with at most 100. */
  readonly values: readonly string[];
}

/** A sample that a version left out because a handler failed on it. */
export interface SkippedSample {
  readonly split: SplitName;
  readonly sampleId: string;
  /** Place in its split. */
  readonly index: number;
  /** Row among all samples, those left out among them. */
  readonly row: number;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** Scores that an integration computes from predictions. */
export interface DeclaredScores {
  /** Names of the metrics of a sample. */
  readonly metrics: readonly string[];
  /** True if it declares a loss. */
  readonly loss: boolean;
}

/** Contents of a dataset version. */
export interface DatasetContent {
  readonly sampleCount: number;
  readonly splits: readonly SplitCount[];
  readonly inputs: readonly TensorSpec[];
  readonly groundTruths: readonly TensorSpec[];
  readonly classNames: readonly string[];
  readonly metadataColumns: readonly MetadataColumn[];
  readonly visualizers: readonly { readonly name: string; readonly mediaType: string }[];
  /** Metadata column whose equal values belong together; absent when the integration names none. */
  readonly groupField?: string | undefined;
  /** Absent when nothing was. */
  readonly skipped?: readonly SkippedSample[];
  /** Absent when the integration computes nothing from predictions. */
  readonly scores?: DeclaredScores & {
    /** Digest of the population that preprocess lists, which it must list again. */
    readonly populationDigest: string;
  };
}

/** Result of an ingestion. */
export interface IngestedData {
  readonly content: DatasetContent;
  readonly contentDigest: string;
  /** The table of all samples. */
  readonly samples: ArtifactRef;
}

/**
 * A dataset version, or the ingestion that will become one: then `id` is the ingestion's, which keeps leading
 * to the version.
 */
export interface DatasetVersion extends JobResource {
  readonly id: DatasetVersionId;
  readonly ingestionId: string;
  readonly projectId: ProjectId;
  readonly integrationId: IntegrationId;
  readonly displayName: string;
  readonly shardSize: number;
  /** Only of a version that is ready. */
  readonly ready: IngestedData | undefined;
}

export type ReadyDatasetVersion = DatasetVersion & { readonly ready: IngestedData };

/** A new ingestion, before its job has run. */
export type NewIngestion = Pick<
  DatasetVersion,
  'projectId' | 'integrationId' | 'displayName' | 'jobId' | 'shardSize' | 'createTime'
> & { readonly id: string };

/** A version that is about to become visible. */
export interface NewDatasetVersion
  extends IngestedData,
    Pick<DatasetVersion, 'id' | 'ingestionId' | 'shardSize'> {
  readonly shards: readonly DatasetShard[];
}

/** The artifacts of one shard, rows `firstRow` to `firstRow + rowCount` − 1. */
export interface DatasetShard {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputs: ArtifactRef;
  readonly groundTruths: ArtifactRef | undefined;
  readonly visuals: ArtifactRef | undefined;
}
