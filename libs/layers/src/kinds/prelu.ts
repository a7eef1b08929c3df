import type { LayerKind } from '../layer.kind.js';

/**
 * x above zero, a learned slope below (He et al., 2015): alpha has the shape of a sample, with 1 where
 * `shared_axes` share it.
 */
export const prelu: LayerKind = {
  key: 'PReLU',
  create(config) {
    const initializer = config.initializer('alpha_initializer', 'zeros');
    const shared = config.integers('shared_axes', []);
    return {
      role: 'activation',
      masking: 'carries',
      activation: 'prelu',
      call(scope, inputs) {
        const x = scope.one(inputs);
        const rank = x.shape.length;
        const dims = x.shape.map((size, i) => (shared.includes(i + 1) ? 1 : size));
        const alpha = scope.parameter('alpha', dims, { initializer });
        const perm = [rank - 1, ...dims.slice(1).map((_, i) => i)];
        const slope =
          x.layout === 'first'
            ? scope.op(
                'Transpose',
                [alpha],
                perm.map((axis) => dims[axis]!),
                { perm },
              )
            : alpha;
        return { ...x, tensor: scope.like(x, 'PRelu', [x.tensor, slope]) };
      },
    };
  },
};
