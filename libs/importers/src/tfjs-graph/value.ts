import type { TensorData } from '@noema/onnx';
import type { Size } from './sizes.js';

/** Types of values here; every whole number is int64, as sizes are in ONNX. */
export type ValueType = 'float32' | 'int64' | 'bool';

/** The result of a node of TensorFlow's graph. */
export interface Value {
  /** Sizes in the order of TensorFlow. */
  readonly dims: readonly Size[];
  readonly dataType: ValueType;
  /** Its tensor in the graph of ONNX; absent for a constant that is not written yet, and for known numbers. */
  readonly tensor?: string;
  /** True where the channels, the last of four axes, are the second axis of `tensor`. */
  readonly isChannelsFirst?: boolean;
  /** Values of a constant. */
  readonly constant?: TensorData;
  /** Name of the node of a constant. */
  readonly name?: string;
  /** Whole numbers that are known, row-major: sizes, axes, and results of both. */
  readonly numbers?: readonly Size[];
  /** The tensor behind which `opType` makes this value alone. */
  readonly behind?: { readonly opType: string; readonly value: Value };
}
