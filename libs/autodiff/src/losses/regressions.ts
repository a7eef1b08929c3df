import { type LossHead, type LossOperands, perSample } from './loss.head.js';
import type { GraphBuilder } from '@noema/onnx';

const difference = (b: GraphBuilder, { prediction, target }: LossOperands): string =>
  b.op('Sub', [prediction, target]);

/** Mean of e², e = prediction − target. */
export const meanSquaredError: LossHead = {
  key: 'mean_squared_error',
  title: 'Mean squared error',
  summary: 'Mean square of the differences between predictions and ground truth.',
  reference: '',
  parameters: [],
  facts: { takes: 'numbers' },
  of: 'numbers',
  targetDims: (prediction) => prediction,
  write(b, operands) {
    const e = difference(b, operands);
    return perSample(b, b.op('Mul', [e, e]));
  },
};

/** Mean of |e|. */
export const meanAbsoluteError: LossHead = {
  key: 'mean_absolute_error',
  title: 'Mean absolute error',
  summary: 'Mean size of the differences between predictions and ground truth.',
  reference: '',
  parameters: [],
  facts: { takes: 'numbers' },
  of: 'numbers',
  targetDims: (prediction) => prediction,
  write: (b, operands) => perSample(b, b.op('Abs', [difference(b, operands)])),
};

/** e²/2 up to δ, δ|e| − δ²/2 beyond (Huber, 1964); written as c(|e| − c/2) with c = min(|e|, δ). */
export const huber: LossHead = {
  key: 'huber',
  title: 'Huber',
  summary: 'Mean squared error of small differences, mean absolute error of large ones.',
  reference: 'Huber 1964',
  parameters: [
    {
      type: 'number',
      name: 'delta',
      title: 'Delta',
      help: 'Size of a difference from which it counts by its size, not by its square.',
      default: 1,
      above: 0,
      step: 0.1,
    },
  ],
  facts: { takes: 'numbers' },
  of: 'numbers',
  targetDims: (prediction) => prediction,
  write(b, operands, parameters) {
    const size = b.op('Abs', [difference(b, operands)]);
    const c = b.op('Min', [size, b.constant(parameters['delta'] ?? 1)]);
    return perSample(b, b.op('Mul', [c, b.op('Sub', [size, b.op('Mul', [c, b.constant(0.5)])])]));
  },
};
