import { createHash } from 'node:crypto';
import type { DatasetContent, SplitCount, TensorSpec } from '../dataset-version/dataset-version.js';
import type { PopulationPlan } from '../ingestion/ingestion.js';

/** Types of the numbers that a client may send. */
export type SentType = 'float32' | 'float16' | 'int32' | 'uint8';

/** A tensor that every sample has, in the form that a client sends. */
export interface SentTensor {
  readonly name: string;
  readonly type: SentType;
  readonly dims: readonly number[];
  /** Factor by which each number is multiplied. */
  readonly scale: number;
}

/** Description of all samples that a client sends before the first one. */
export interface UploadManifest {
  readonly splits: readonly Pick<SplitCount, 'split' | 'count'>[];
  readonly inputs: readonly SentTensor[];
  readonly groundTruths: readonly SentTensor[];
  readonly classNames: readonly string[];
  readonly metadataColumns: readonly {
    readonly name: string;
    readonly type: 'number' | 'string' | 'boolean';
  }[];
  readonly visualizers: DatasetContent['visualizers'];
  readonly chunkRows: number;
  readonly digest: string;
}

/** Cells of one metadata column for the rows of a chunk. */
export interface SentCells {
  readonly numbers: readonly number[];
  readonly texts: readonly string[];
  readonly booleans: readonly boolean[];
  /** Rows of the chunk without a value. */
  readonly missing: readonly number[];
}

/** Rows of an upload as a client sends them. */
export interface SentChunk {
  readonly sampleIds: readonly string[];
  /** One per input: numbers of all rows, row-major, little endian. */
  readonly inputs: readonly Uint8Array[];
  readonly groundTruths: readonly Uint8Array[];
  readonly classIndexes: readonly number[];
  readonly metadata: readonly SentCells[];
  readonly visuals: readonly { readonly files: readonly Uint8Array[] }[];
}

/** Samples that a client sends in chunks. */
export interface Upload {
  readonly id: string;
  readonly projectId: string;
  readonly manifest: UploadManifest;
  /** The dataset version that was made of it; its chunks are deleted then. */
  readonly datasetVersionId: string | undefined;
  readonly createTime: Date;
}

/** An upload, and which of its chunks are stored. */
export interface ReceivedUpload extends Upload {
  /** In ascending order. */
  readonly received: readonly number[];
}

/** Number of samples of all splits. */
export const countSamples = ({ splits }: Pick<UploadManifest, 'splits'>): number =>
  splits.reduce((sum, { count }) => sum + count, 0);

export const countChunks = (manifest: UploadManifest): number =>
  Math.ceil(countSamples(manifest) / manifest.chunkRows);

/** Rows of one chunk. */
export const rowsOfChunk = (
  manifest: UploadManifest,
  index: number,
): { readonly firstRow: number; readonly rowCount: number } => {
  const firstRow = index * manifest.chunkRows;
  return { firstRow, rowCount: Math.min(manifest.chunkRows, countSamples(manifest) - firstRow) };
};

const toSpec = ({ name, dims }: SentTensor): TensorSpec => ({ name, type: 'float32', dims });

/** Facts about the whole population that an ingestion needs. */
export function toPlan(manifest: UploadManifest): PopulationPlan {
  let firstRow = 0;
  const splits = manifest.splits.map(({ split, count }) => {
    firstRow += count;
    return { split, count, firstRow: firstRow - count };
  });
  return {
    sampleCount: firstRow,
    splits,
    inputs: manifest.inputs.map(toSpec),
    groundTruths: manifest.groundTruths.map(toSpec),
    classNames: manifest.classNames,
    visualizers: manifest.visualizers,
    populationDigest: manifest.digest,
  };
}

/** SHA-256 of all that a client said of its samples, the digest of their content included. */
export const digestManifest = (manifest: UploadManifest): string =>
  createHash('sha256').update(JSON.stringify(manifest)).digest('hex');
