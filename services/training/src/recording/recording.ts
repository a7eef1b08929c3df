import type { ArtifactRef, SplitName, Task } from '@noema/kernel';
import type { RecordedLayer } from '@noema/population/rules';
import type { GraphFacts } from './recorded-graph.js';

/** Description of a run that a client sends before the first record. */
export interface RecordingRequest {
  readonly projectId: string;
  readonly displayName: string;
  readonly datasetVersionId: string;
  readonly modelName: string;
  /** Shape of the output for one sample. */
  readonly outputDims: readonly number[];
  /** Derived from output and data when it is left out. */
  readonly task: Task | undefined;
  readonly layers: readonly RecordedLayer[];
  /** Sentence on what of the model is not recorded; empty if all is. */
  readonly layersNote: string;
  /** 0 when the client does not know. */
  readonly epochs: number;
  readonly writers: number;
  readonly framework: string;
  readonly parameterCount: number;
}

/** Format of every record of a run. */
export interface RecordingForm {
  readonly runId: string;
  readonly writers: number;
  readonly layers: readonly RecordedLayer[];
  readonly outputDims: readonly number[];
}

/** How far one writer is. */
export interface RecordingWriter {
  readonly writer: number;
  /** Number of the last stored record. */
  readonly sequence: number;
  /** Last epoch that the writer has ended in its branch. */
  readonly epochsEnded: number;
  readonly ended: boolean;
  /** How often the writer went back to an earlier epoch. */
  readonly branch: number;
}

/** An epoch of one branch of a recording. */
export interface BranchEpoch {
  readonly epoch: number;
  readonly branch: number;
}

/** The last epoch that a run may have. */
export const MAX_EPOCH = 1_000_000;
/** Bits of a shard's index that hold the epoch; the branch is above them. */
const EPOCH_BITS = 20;
/** How often the writers of a run may go back: branches and epochs together fit a shard's index. */
export const MAX_BRANCH = 2 ** (31 - EPOCH_BITS) - 1;

/** Index of the job's shard that puts an epoch together; the epoch itself in the first branch. */
export const toShardIndex = ({ epoch, branch }: BranchEpoch): number => branch * 2 ** EPOCH_BITS + epoch;

/** The epoch that a shard puts together. */
export const toBranchEpoch = (index: number): BranchEpoch => ({
  epoch: index % 2 ** EPOCH_BITS,
  branch: Math.floor(index / 2 ** EPOCH_BITS),
});

export type RecordedType = 'float32' | 'float16' | 'uint8';

export type RecordedContent = 'output' | 'loss' | 'mean' | 'max';

/** Numbers of one kind for all rows of a record. */
export interface RecordedColumn {
  readonly content: RecordedContent;
  /** Name of the layer of a response; empty for others. */
  readonly layer: string;
  readonly type: RecordedType;
  readonly data: Uint8Array;
  /** Of uint8, the lowest number of each unit, then the step of each unit; otherwise empty. */
  readonly steps: readonly number[];
}

/** Outputs of a model for some samples. */
export interface SampleRecord {
  readonly split: SplitName;
  readonly sampleIds: readonly string[];
  readonly columns: readonly RecordedColumn[];
  readonly trainingMode: boolean;
}

/** Message of a writer at the end of an epoch. */
export interface EpochFacts {
  readonly seconds: number;
  readonly samplesPerSecond: number;
  readonly metrics: readonly { readonly name: string; readonly value: number }[];
  readonly droppedRows: number;
  /** Absent from a client that knows of no graphs. */
  readonly graph?: GraphFacts;
}

/** A stored record of samples. */
export interface RecordedPart {
  readonly writer: number;
  readonly sequence: number;
  readonly rows: number;
  readonly trainingMode: boolean;
  readonly content: ArtifactRef;
}

/** A stored part of a graph. */
export type GraphPart = Pick<RecordedPart, 'writer' | 'sequence' | 'content'>;

/** How far a recording is. */
export interface Recording extends RecordingForm {
  readonly writerStates: readonly RecordingWriter[];
  /** 0 without an open epoch. */
  readonly openEpoch: number;
  /** Share of the samples with a record in the open epoch, 0 to 1. */
  readonly openEpochShare: number;
}

/** Numbers of the output for one sample. */
export const countOutputs = (outputDims: readonly number[]): number =>
  outputDims.reduce((count, dim) => count * dim, 1);

/** Numbers of one row of a column. */
export function findWidth({ layers, outputDims }: RecordingForm, { content, layer }: RecordedColumn): number {
  if (content === 'loss') return 1;
  if (content === 'output') return countOutputs(outputDims);
  return layers.find(({ name }) => name === layer)?.units ?? 0;
}

/**
 * The order in which parts are laid over each other, the last one on top: inference mode over training mode,
 * a lower writer over a higher one, and of one writer the later record.
 */
export const inOrderOfWeight = <Part extends Omit<RecordedPart, 'content' | 'rows'>>(
  parts: readonly Part[],
): Part[] =>
  [...parts].sort(
    (a, b) =>
      Number(b.trainingMode) - Number(a.trainingMode) || b.writer - a.writer || a.sequence - b.sequence,
  );

/** Follows from the output and the classes of the data, unless the client says it. */
export function deriveTask(
  outputDims: readonly number[],
  { classNames }: { readonly classNames: readonly string[] },
): Task {
  const width = countOutputs(outputDims);
  if (outputDims.length <= 1 && classNames.length > 1 && width === classNames.length) return 'multi-class';
  if (classNames.length === 2 && width === 1) return 'binary';
  if (outputDims.length > 1 && classNames.length > 1) return 'per-pixel';
  return 'regression';
}
