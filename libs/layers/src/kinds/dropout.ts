import type { LayerKind } from '../layer.kind.js';
import { dimsOf } from '../value.js';

/**
 * Sets a share of the elements to zero in training (Srivastava et al., 2014); the mask is an input of the
 * graph, so that it can be repeated.
 */
export const dropout: LayerKind = {
  key: 'Dropout',
  create(config) {
    const rate = config.number('rate', 0.5, { min: 0, below: 1 });
    return {
      role: 'plain',
      masking: 'carries',
      call(scope, inputs) {
        const x = scope.one(inputs);
        if (!scope.isTraining || rate === 0) return { ...x };
        return { ...x, tensor: scope.like(x, 'Mul', [x.tensor, scope.mask(dimsOf(x), rate)]) };
      },
    };
  },
};
