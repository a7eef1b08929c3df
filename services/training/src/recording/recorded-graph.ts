import type { LayerOutput } from '../model-import/model-import.js';

/** Output of a file that has the activation of a recorded layer, whose kind the recording knows. */
export type GraphLayer = Omit<LayerOutput, 'kind'>;

/** What a client says of the ONNX file whose parts it has sent in an epoch. */
export interface GraphFacts {
  /** Bytes of all parts; 0 without a file. */
  readonly sizeBytes: number;
  /** Of all parts, in hexadecimal digits. */
  readonly sha256: string;
  /** Name of the output with the numbers of the model. */
  readonly output: string;
  readonly outputActivation?: 'softmax' | 'sigmoid';
  readonly layers: readonly GraphLayer[];
  /** Inputs that have channels first in the file and last in the data. */
  readonly channelsFirst: readonly string[];
  /** Why the client has no file; empty with one. */
  readonly missingReason: string;
}

/** Largest difference between an output of the graph and the recorded one, over the largest recorded number. */
export const MAX_DIFFERENCE = 1e-3;

/**
 * The largest difference of two lists of numbers over the largest size of an expected one; infinite where a
 * number is not finite or the lengths differ.
 */
export function findDifference(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Infinity;
  let [most, size] = [0, 0];
  for (const [i, value] of expected.entries()) {
    const off = Math.abs(found[i]! - value);
    if (!Number.isFinite(off)) return Infinity;
    most = Math.max(most, off);
    size = Math.max(size, Math.abs(value));
  }
  return most === 0 ? 0 : most / size;
}
