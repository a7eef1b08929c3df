import type { Awaitable, Integration, MetadataValue } from './integration.js';
import type { SplitName } from './sample.js';
import type { ElementType } from './tensor.js';

/** Tensors of several samples, one after the other: `[rows, ...dims] float32`, row-major. */
export interface BatchTensor {
  readonly data: Float32Array;
  /** Sizes of the tensor of one sample. */
  readonly dims: readonly number[];
  readonly type: ElementType;
}

/** Values of one metadata column, one a sample. */
export interface BatchMetadata {
  readonly name: string;
  readonly values: readonly MetadataValue[];
}

/** Several samples of one split, encoded by all handlers at once, each list in the order of the integration. */
export interface SampleBatch {
  readonly inputs: readonly BatchTensor[];
  /** `undefined` for the split `unlabeled`. */
  readonly groundTruths: readonly BatchTensor[] | undefined;
  readonly metadata: readonly BatchMetadata[];
  /** Encoded visuals of each visualizer, one a sample. */
  readonly visuals: readonly (readonly Uint8Array[])[];
}

/**
 * Encodes the samples `indexes` (rising) of a split. Returns `undefined` where it cannot, or where a sample is at
 * fault: the handlers then encode one sample after the other, and name the one at fault.
 */
export type BatchEncoder = (
  split: { readonly name: SplitName; readonly data: unknown },
  indexes: Int32Array,
) => Awaitable<SampleBatch | undefined>;

const encoders = new WeakMap<Integration, BatchEncoder>();

/**
 * Returns the integration, which encodes many samples at once where it can. The handlers must give the same
 * results.
 */
export function withBatches(integration: Integration, encode: BatchEncoder): Integration {
  encoders.set(integration, encode);
  return integration;
}

export const findBatchEncoder = (integration: Integration): BatchEncoder | undefined =>
  encoders.get(integration);
