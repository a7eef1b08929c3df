import type { ImportOptions } from '@noema/importers';

/** A tensor as the Python side writes it: float32, row-major, in base64. */
export interface StoredTensor {
  readonly dims: readonly number[];
  readonly base64: string;
}
/** Two samples, and what the file's own runtime computes from them. */
export interface Reference {
  readonly inputs: Readonly<Record<string, StoredTensor>>;
  readonly outputs: Readonly<Record<string, StoredTensor>>;
  /** Gradients of a weighted sum of the first output at the inputs, where a runtime has gradients. */
  readonly derived?: {
    /** Whether the sum is of the scores before the final softmax or sigmoid. */
    readonly ofScores?: boolean;
    readonly weighting: StoredTensor;
    readonly gradients: Readonly<Record<string, StoredTensor>>;
    /**
     * Gradients of one row at the first input with one activation on the other side of its bound, which it is so near
     * that rounding in float32 decides.
     */
    readonly alternatives?: readonly { readonly row: number; readonly gradient: StoredTensor }[];
  };
}
/** One file to open. */
export interface ModelFile {
  readonly name: string;
  readonly maker: string;
  readonly path: string;
  readonly options: ImportOptions;
  readonly reference: Reference;
}
