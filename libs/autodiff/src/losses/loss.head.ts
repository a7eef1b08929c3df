import type { GraphBuilder } from '@noema/onnx';

/** The tensors that a loss is written over; all float32. */
export interface LossOperands {
  /** Prediction of the model, [n, …]. */
  readonly prediction: string;
  /**
   * The prediction before its last softmax or sigmoid, where the model shows it; losses with a stable form
   * use it instead.
   */
  readonly logits?: string;
  /** Ground truth, [n, …], in the shape of `targetDims`. */
  readonly target: string;
}

/** A loss in operators. */
export interface LossHead {
  /** The name in Keras, in snake case. */
  readonly key: string;
  /**
   * Type of the output: probabilities of mutually exclusive classes, probabilities of independent labels, or
   * numbers.
   */
  readonly of: 'classes' | 'labels' | 'numbers';
  /** The parameters with their defaults in Keras. */
  readonly defaults: Readonly<Record<string, number>>;
  /** Returns the shape of one sample's ground truth for the shape of one prediction. */
  targetDims(prediction: readonly number[]): readonly number[];
  /**
   * Writes the loss and gives the tensor of per-sample losses, [n]: the mean over everything of a sample that
   * is not a class.
   */
  write(builder: GraphBuilder, operands: LossOperands, parameters: Readonly<Record<string, number>>): string;
}

/** The mean of everything that belongs to one sample: [n, …] to [n]. */
export function perSample(b: GraphBuilder, tensor: string): string {
  return b.op('ReduceMean', [b.op('Flatten', [tensor], { axis: 1 }), b.constant([1])], { keepdims: 0 });
}
