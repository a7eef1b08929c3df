import type { LayerKind } from '../layer.kind.js';

/** x · scale + offset. */
export const rescaling: LayerKind = {
  key: 'Rescaling',
  create(config) {
    if (config.raw('scale') === undefined) throw config.fail('has no scale; give a number');
    const scale = config.number('scale', 1);
    const offset = config.number('offset', 0);
    return {
      role: 'plain',
      masking: 'carries',
      call(scope, inputs) {
        const x = scope.one(inputs);
        return {
          ...x,
          tensor: scope.like(x, 'Add', [
            scope.like(x, 'Mul', [x.tensor, scope.constant(scale)]),
            scope.constant(offset),
          ]),
        };
      },
    };
  },
};
