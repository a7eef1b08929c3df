import type { GraphBuilder } from '@noema/onnx';
import { type LossHead, type LossOperands, perSample } from './loss.head.js';

/** Distance that Keras keeps between a probability and 0 or 1 before the logarithm. */
const EPSILON = 1e-7;

/**
 * ln p over the last axis: from the logits where they are known, otherwise from the probabilities, scaled to
 * sum to 1 and clipped.
 */
function logProbabilities(b: GraphBuilder, { prediction, logits }: LossOperands): string {
  if (logits !== undefined) return b.op('LogSoftmax', [logits], { axis: -1 });
  const scaled = b.op('Div', [
    prediction,
    b.op('ReduceSum', [prediction, b.constant([-1])], { keepdims: 1 }),
  ]);
  return b.op('Log', [b.op('Clip', [scaled, b.constant(EPSILON), b.constant(1 - EPSILON)])]);
}

/** The mean over positions with a class; shares that are all 0, as of padding, mark a position without one. */
function crossentropy(b: GraphBuilder, operands: LossOperands, oneHot: string): string {
  const overClasses = (tensor: string): string =>
    b.op('ReduceSum', [tensor, b.constant([-1])], { keepdims: 0 });
  const total = perSample(
    b,
    b.op('Neg', [overClasses(b.op('Mul', [oneHot, logProbabilities(b, operands)]))]),
  );
  const known = b.op('Cast', [b.op('Greater', [overClasses(oneHot), b.constant(0)])], { to: 1 });
  const share = perSample(b, known);
  const isZero = b.op('Cast', [b.op('Equal', [share, b.constant(0)])], { to: 1 });
  return b.op('Div', [total, b.op('Add', [share, isZero])]);
}

/** −Σ y ln p over the classes. */
export const categoricalCrossentropy: LossHead = {
  key: 'categorical_crossentropy',
  title: 'Categorical cross-entropy',
  summary: 'Compares probabilities of classes with the probabilities of the ground truth.',
  reference: '',
  parameters: [],
  facts: { takes: 'classes' },
  of: 'classes',
  targetDims: (prediction) => prediction,
  write: (b, operands) => crossentropy(b, operands, operands.target),
};

/** −ln p of the class whose number the target holds. */
export const sparseCategoricalCrossentropy: LossHead = {
  key: 'sparse_categorical_crossentropy',
  title: 'Sparse categorical cross-entropy',
  summary: 'Compares probabilities of classes with the number of the true class.',
  reference: '',
  parameters: [],
  facts: { takes: 'classes' },
  of: 'classes',
  targetDims: (prediction) => (prediction.length === 1 ? [1] : prediction.slice(0, -1)),
  write(b, operands) {
    const shape = b.op('Shape', [operands.prediction]);
    const size = b.op('Gather', [
      shape,
      b.constant({ dataType: 'int64', dims: [], data: BigInt64Array.of(-1n) }),
    ]);
    const zero = b.constant({ dataType: 'int64', dims: [], data: BigInt64Array.of(0n) });
    const one = b.constant({ dataType: 'int64', dims: [], data: BigInt64Array.of(1n) });
    const classes = b.op('Cast', [b.op('Range', [zero, size, one])], { to: 1 });
    const positions = b.op('Slice', [shape, b.constant([0]), b.constant([-1])]);
    const labels = b.op('Reshape', [
      operands.target,
      b.op('Concat', [positions, b.constant([1])], { axis: 0 }),
    ]);
    return crossentropy(b, operands, b.op('Cast', [b.op('Equal', [labels, classes])], { to: 1 }));
  },
};

/**
 * −y ln p − (1 − y) ln(1 − p), the mean over the outputs; from logits x as softplus(x) − x y, which cannot
 * overflow.
 */
export const binaryCrossentropy: LossHead = {
  key: 'binary_crossentropy',
  title: 'Binary cross-entropy',
  summary: 'Compares probabilities of independent labels with the labels of the ground truth.',
  reference: '',
  parameters: [],
  facts: { takes: 'labels' },
  of: 'labels',
  targetDims: (prediction) => prediction,
  write(b, { prediction, logits, target }) {
    if (logits !== undefined)
      return perSample(b, b.op('Sub', [b.op('Softplus', [logits]), b.op('Mul', [logits, target])]));
    const p = b.op('Clip', [prediction, b.constant(EPSILON), b.constant(1 - EPSILON)]);
    const minus = (x: string): string => b.op('Sub', [b.constant(1), x]);
    const hit = b.op('Mul', [target, b.op('Log', [p])]);
    return perSample(
      b,
      b.op('Neg', [b.op('Add', [hit, b.op('Mul', [minus(target), b.op('Log', [minus(p)])])])]),
    );
  },
};
