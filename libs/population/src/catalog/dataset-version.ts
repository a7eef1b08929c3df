import type { ArtifactRef, SplitName, Vocabulary } from '@noema/kernel';

/** The rows of one split; they are contiguous. */
export interface SplitRange {
  readonly split: SplitName;
  readonly firstRow: number;
  readonly count: number;
}

/** Shape of one sample's tensor. */
export interface TensorShape {
  readonly name: string;
  readonly dims: readonly number[];
  /** Of an input of ids: their tokens, where the data state them. */
  readonly vocabulary?: Vocabulary;
}

/** Scores that the integration of a dataset version computes from predictions. */
export interface DeclaredScores {
  /** Names of the metrics of a sample. */
  readonly metrics: readonly string[];
  readonly hasLoss: boolean;
}

/** A dataset version as the datasets service publishes it. */
export interface DatasetVersionInfo {
  readonly id: string;
  readonly projectId: string;
  /** False while the version is being ingested. */
  readonly isReady: boolean;
  readonly sampleCount: number;
  readonly shardSize: number;
  readonly splits: readonly SplitRange[];
  readonly inputs: readonly TensorShape[];
  readonly groundTruths: readonly TensorShape[];
  /** Empty when the data have no classes. */
  readonly classNames: readonly string[];
  /** Metrics and loss of the integration; absent when it computes nothing from predictions. */
  readonly scores?: DeclaredScores;
  /** Names of the metadata of a sample. */
  readonly metadataNames?: readonly string[];
  /** Metadata whose equal values belong together; absent when the integration names none. */
  readonly groupField?: string;
  /** Media types of the ways to show a sample. */
  readonly visualMediaTypes?: readonly string[];
  /** The sample table; absent until the version is ready. */
  readonly samples: ArtifactRef | undefined;
}

/** The tensors of contiguous rows of a dataset version. */
export interface DatasetShard {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputs: ArtifactRef;
  /** Absent for a shard without labels. */
  readonly groundTruths: ArtifactRef | undefined;
}
