import type { LossHead } from './loss.head.js';

/**
 * The loss that the integration of the data computes, which no graph contains: its target is the gradient of the loss
 * by the prediction, and Σ prediction · target has that gradient. The value of the loss comes from the integration.
 */
export const integrationLoss: LossHead = {
  key: 'integration',
  title: 'Loss of the integration',
  summary: 'Loss that the integration of the data computes.',
  reference: '',
  parameters: [],
  facts: { takes: 'numbers' },
  of: 'numbers',
  targetDims: (prediction) => prediction,
  write: (b, { prediction, target }) =>
    b.op('ReduceSum', [b.op('Flatten', [b.op('Mul', [prediction, target])], { axis: 1 }), b.constant([1])], {
      keepdims: 0,
    }),
};
