import type { Operator } from '../operator.js';

/** Gradients of activations that TensorFlow has as one operator. */
export const gradients: readonly Operator[] = [
  // Inputs are the gradient and the output of Relu.
  { key: 'tensorflow:ReluGradient', run: ({ eager, x }) => eager.elementwise('ReluGrad', [x(0), x(1)]) },
];
