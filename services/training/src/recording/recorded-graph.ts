import type { LayerOutput } from '../model-import/model-import.js';

/** Output of a file that has the activation of a recorded layer, whose kind the recording knows. */
export type GraphLayer = Omit<LayerOutput, 'kind'>;

/** Description of the ONNX file whose parts a client has sent in an epoch. */
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

/**
 * Largest difference between a response of the graph and the recorded one, over the largest recorded response of
 * the layer. Clients send responses in as little as 255 steps between the lowest and the highest one of a unit,
 * which is up to 0.004.
 */
export const MAX_RESPONSE_DIFFERENCE = 1e-2;
