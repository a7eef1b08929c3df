import type { MethodDescriptor, NumberParameter } from '@noema/kernel';
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

/** Properties of a loss, which clients get with its description. */
// A type, because an interface has no index signature.
export type LossFacts = {
  /** The output that it compares, as `LossHead.of`. */
  readonly takes: LossHead['of'];
};

/** A loss in operators under its Keras name in snake case, with its description. */
export interface LossHead extends MethodDescriptor {
  readonly parameters: readonly NumberParameter[];
  readonly facts: LossFacts;
  /**
   * Type of the output: probabilities of mutually exclusive classes, probabilities of independent labels, or
   * numbers, or the boxes of objects.
   */
  readonly of: 'classes' | 'labels' | 'numbers' | 'boxes';
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
