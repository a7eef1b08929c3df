import type { ArtifactRef, Brand, ProjectId } from '@noema/kernel';
import type { IntegrationId } from './integration.js';

export type DatasetVersionId = Brand<string, 'DatasetVersionId'>;
export type SplitName = 'training' | 'validation' | 'test' | 'unlabeled';

/** Type and shape of one sample, without a batch dimension. */
export interface TensorSpec {
  readonly name: string;
  readonly type: 'float32' | 'uint8' | 'int32' | 'bool';
  readonly dims: readonly number[];
}

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

/** What a dataset version holds. */
export interface DatasetContent {
  readonly sampleCount: number;
  readonly splits: readonly SplitCount[];
  readonly inputs: readonly TensorSpec[];
  readonly groundTruths: readonly TensorSpec[];
  readonly classNames: readonly string[];
  readonly metadataColumns: readonly MetadataColumn[];
  readonly visualizers: readonly { readonly name: string; readonly mediaType: string }[];
}

export type IngestionState = 'queued' | 'running' | 'cancelling' | 'cancelled' | 'succeeded' | 'failed';

/** Why an ingestion failed, in the words of its DomainError. */
export interface IngestionFault {
  readonly kind: string;
  readonly reason: string;
  readonly message: string;
  readonly metadata: Readonly<Record<string, string>>;
}

/** A dataset version, or the ingestion that will become one: then `id` is the ingestion's, which keeps leading to the version. */
export interface DatasetVersion {
  readonly id: DatasetVersionId;
  readonly ingestionId: string;
  readonly projectId: ProjectId;
  readonly integrationId: IntegrationId;
  readonly displayName: string;
  readonly jobId: string;
  readonly state: IngestionState;
  readonly fault: IngestionFault | undefined;
  readonly shardSize: number;
  readonly createdAt: Date;
  /** Only of a version that is ready. */
  readonly ready: { readonly content: DatasetContent; readonly contentDigest: string; readonly samples: ArtifactRef; readonly at: Date } | undefined;
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
