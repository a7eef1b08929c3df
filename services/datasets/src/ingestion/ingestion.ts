import type { ArtifactRef } from '@noema/kernel';
import type {
  DeclaredScores,
  MetadataType,
  SkippedSample,
  SplitCount,
  TensorSpec,
} from '../dataset-version/dataset-version.js';
import type { IntegrationCode } from '../integration/integration.js';
import type { ObjectBlock } from '../sample-object/sample-object.js';

/** All that a worker needs to know. */
export interface IngestionOrder extends IntegrationCode {
  readonly ingestionId: string;
  readonly projectId: string;
  readonly shardSize: number;
  /** Share of the samples that may be left out because a handler fails on them. */
  readonly maxSkippedShare: number;
}

/** Who an artifact belongs to. */
export interface IngestionPart {
  readonly teamId: string;
  readonly projectId: string;
  readonly ingestionId: string;
}

/** How a population is ingested. */
export interface IngestionPlan extends PopulationPlan {
  /** Number of rows in a shard: the requested number, or one chosen by the size of a sample. */
  readonly shardSize: number;
}

/** Facts about all samples that the first inspection of the integration reports. */
export interface PopulationPlan {
  readonly sampleCount: number;
  readonly splits: readonly SplitCount[];
  readonly inputs: readonly TensorSpec[];
  readonly groundTruths: readonly TensorSpec[];
  readonly classNames: readonly string[];
  readonly visualizers: readonly { readonly name: string; readonly mediaType: string }[];
  /** SHA-256 over splits and sample ids, which must come out the same whenever preprocess runs. */
  readonly populationDigest: string;
  /** Samples that have no row because a handler failed on them; absent when there are none. */
  readonly skipped?: readonly SkippedSample[] | undefined;
  /** Metrics and loss of the integration; absent when there are none. */
  readonly scores?: DeclaredScores | undefined;
  /** Metadata column whose equal values belong together; absent when the integration names none. */
  readonly groupField?: string | undefined;
  /** Numbers of objects by blocks of pictures; absent for samples that are not objects of a run. */
  readonly objectBlocks?: readonly ObjectBlock[] | undefined;
}

/** Cells of one metadata column over the rows of a shard. */
export interface MetadataCells {
  readonly name: string;
  /** `undefined` as long as no value is known. */
  readonly type: MetadataType | undefined;
  readonly values: readonly (string | number | boolean | null)[];
}

/** Who the rows of a shard are and what is known about them. */
export interface ShardSamples {
  readonly splits: readonly string[];
  readonly sampleIds: readonly string[];
  /** −1 without a class. */
  readonly classIndexes: readonly number[];
  readonly metadata: readonly MetadataCells[];
}

/** One encoded shard: Arrow files, and the samples' own table. */
export interface EncodedShard {
  readonly inputs: Uint8Array;
  readonly groundTruths: Uint8Array | undefined;
  readonly visuals: Uint8Array | undefined;
  readonly samples: ShardSamples;
  /** SHA-256 over the content, whatever the file formats. */
  readonly digest: string;
}

/** One stored shard. */
export interface StoredShard {
  readonly index: number;
  readonly firstRow: number;
  readonly rowCount: number;
  readonly digest: string;
  readonly inputs: ArtifactRef;
  readonly groundTruths: ArtifactRef | null;
  readonly visuals: ArtifactRef | null;
  readonly samples: ArtifactRef;
  /** Carried by the first shard only, for the last stage. */
  readonly plan?: IngestionPlan;
}
