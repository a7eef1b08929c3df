import type { LayerKind } from '../layer.kind.js';

/** Leaves out the steps of a series whose every element is `mask_value`. */
export const masking: LayerKind = {
  key: 'Masking',
  create(config) {
    const maskValue = config.number('mask_value', 0);
    return {
      role: 'plain',
      masking: 'own',
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs, 2));
        const keep = scope.keepWhere(x, scope.like(x, 'Equal', [x.tensor, scope.constant(maskValue)]));
        return { ...x, tensor: scope.like(x, 'Mul', [x.tensor, keep]), keep };
      },
    };
  },
};
