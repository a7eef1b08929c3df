import type { ModelInfo } from '../model/model.js';

export type HeadActivation = 'softmax' | 'sigmoid' | 'linear';

/** How a model becomes one for the classes of a dataset. */
export interface AdaptationRequest {
  readonly modelVersionId: string;
  readonly datasetVersionId: string;
  readonly displayName: string;
  /** Default: the order of the classes where model and data have the same ones, otherwise a head. */
  readonly kind: 'head' | 'order' | undefined;
  /** Output that changes; empty for the first. */
  readonly output: string;
  /** Layer that a new head reads; empty for what the last layer reads. */
  readonly afterLayer: string;
  /** Default: softmax for classes, linear for numbers. */
  readonly activation: HeadActivation | undefined;
  readonly seed: number;
  /** For an order: the class of the data that each number of the output stands for. Empty: by the model's names. */
  readonly classes: readonly string[];
}

/** A stored model after an adaptation, and which of the weights before it keeps. */
export interface AdaptedModel {
  readonly info: Omit<ModelInfo, 'artifact'>;
  /** SHA-256 of its architecture. */
  readonly digest: string;
  /** The model.json for it. */
  readonly artifact: Uint8Array;
  /** Bytes of the weights before that stay, as ranges in their order. */
  readonly kept: readonly (readonly [from: number, to: number])[];
  /** Weights behind them, float32 little-endian. */
  readonly added: Uint8Array;
}
