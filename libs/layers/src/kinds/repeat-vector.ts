import type { LayerKind } from '../layer.kind.js';

/** The same row `n` times: [units] becomes [n, units]. */
export const repeatVector: LayerKind = {
  key: 'RepeatVector',
  create(config) {
    const times = config.integer('n');
    return {
      role: 'plain',
      call(scope, inputs) {
        const x = scope.one(inputs, 1);
        const single = scope.reshaped(x, [1, x.shape[0]!]);
        const shape = [times, x.shape[0]!];
        return {
          tensor: scope.op('Expand', [single.tensor, scope.constant([1, times, 1])], ['n', ...shape]),
          shape,
          layout: 'last',
        };
      },
    };
  },
};
