import type { ArtifactRef } from '@noema/kernel';
import type { RecordedLayer } from '@noema/population/rules';

/** Function between the scores of a model and the outputs that were recorded. */
export type ScoreActivation = 'none' | 'softmax' | 'sigmoid';

/** An epoch of a recorded run that a process of a user computes. */
export interface ServedModel {
  readonly id: string;
  readonly projectId: string;
  readonly runId: string;
  readonly epoch: number;
  /** Branch of the recorded run, which distinguishes the epoch from the one that it replaced. */
  readonly branch: number;
  readonly activation: ScoreActivation;
  readonly createTime: Date;
}

/** Shape of one input or layer for one sample. */
export interface ServedShape {
  readonly name: string;
  readonly dims: readonly number[];
}

/** Facts of a served model that an analysis needs. */
export interface ServedSource {
  readonly teamId: string;
  readonly runId: string;
  readonly epoch: number;
  readonly activation: ScoreActivation;
  /** Numbers of the output. */
  readonly width: number;
  readonly layers: readonly RecordedLayer[];
  /** Recorded outputs, which each analysed sample is compared with. */
  readonly evaluation?: ArtifactRef | undefined;
}

/** Numbers of one input or layer: rows of the shape. */
export interface ServedTensor extends ServedShape {
  readonly data: Float32Array;
}

/** Work for a process that serves a model. */
export interface ModelQuery {
  readonly rows: number;
  /** The first has `rows` rows, every other one. */
  readonly inputs: readonly ServedTensor[];
  /** [rows, width]; absent where no gradients are requested. */
  readonly scoreWeights?: Float32Array;
  readonly inputGradients: boolean;
  readonly layers: readonly string[];
}

/** Result that the process has computed. */
export interface ModelResult {
  readonly scores: Float32Array;
  readonly inputGradients: Float32Array;
  readonly activations: readonly ServedTensor[];
  readonly gradients: readonly ServedTensor[];
  /** Why it could not; empty with a result. */
  readonly error: string;
}

/** Samples whose outputs a model has to reproduce. */
export const CHECKED_ROWS = 12;
/** Bytes of inputs of one query, and of the numbers that are requested with it, unless one row has more. */
export const QUERY_BYTES = 2 * 2 ** 20;
export const RESULT_BYTES = 4 * 2 ** 20;
/** Most bytes of either; a message takes 16 MiB. */
export const MAX_BYTES = 12 * 2 ** 20;
/** Queries of a model that are open at a time: the next one waits while one is computed. */
export const OPEN_QUERIES = 2;
/** Models that a team serves at a time. */
export const MAX_SERVED = 64;

/** The outputs that were recorded for these scores [rows, width]. */
export function toOutputs(scores: Float32Array, width: number, activation: ScoreActivation): Float32Array {
  if (activation === 'none') return scores;
  if (activation === 'sigmoid') return scores.map((score) => 1 / (1 + Math.exp(-score)));
  const outputs = new Float32Array(scores.length);
  for (let at = 0; at < scores.length; at += width) {
    const row = scores.subarray(at, at + width);
    const top = Math.max(...row);
    const sum = row.reduce((total, score) => total + Math.exp(score - top), 0);
    for (const [i, score] of row.entries()) outputs[at + i] = Math.exp(score - top) / sum;
  }
  return outputs;
}

/**
 * Gradient of the loss of each row with respect to its scores [rows, width], for the usual losses, which are
 * means over the outputs of a row but for cross-entropy. Undefined for another loss.
 */
export function lossWeights(
  loss: string,
  scores: Float32Array,
  targets: Float32Array,
  { width, activation }: Pick<ServedSource, 'width' | 'activation'>,
): Float32Array | undefined {
  const outputs = toOutputs(scores, width, activation);
  // By the chain rule: dL/dz = Σ dL/dy · dy/dz.
  const byOutput = outputs.map((y, i) => {
    const t = targets[i]!;
    const kept = Math.min(Math.max(y, 1e-7), 1 - 1e-7);
    if (loss === 'categorical_crossentropy') return -t / kept;
    if (loss === 'binary_crossentropy') return (kept - t) / (kept * (1 - kept)) / width;
    return (2 * (y - t)) / width;
  });
  if (!['categorical_crossentropy', 'binary_crossentropy', 'mean_squared_error'].includes(loss))
    return undefined;
  if (activation === 'none') return byOutput;
  if (activation === 'sigmoid') return byOutput.map((g, i) => g * outputs[i]! * (1 - outputs[i]!));
  const weights = new Float32Array(scores.length);
  for (let at = 0; at < scores.length; at += width) {
    let mean = 0;
    for (let i = at; i < at + width; i++) mean += byOutput[i]! * outputs[i]!;
    for (let i = at; i < at + width; i++) weights[i] = outputs[i]! * (byOutput[i]! - mean);
  }
  return weights;
}

/** At most `count` of the entries, evenly from first to last. */
export function spread(entries: readonly number[], count: number): number[] {
  if (entries.length <= count) return [...entries];
  if (count === 1) return [entries[0]!];
  return Array.from(
    { length: count },
    (_, i) => entries[Math.round((i * (entries.length - 1)) / (count - 1))]!,
  );
}
