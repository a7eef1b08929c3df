import type { LayerKind } from '../layer.kind.js';

/**
 * A learned vector for each whole number below `input_dim`: embeddings [input_dim, output_dim]; with
 * `mask_zero` the steps with number 0 are left out.
 */
export const embedding: LayerKind = {
  key: 'Embedding',
  create(config) {
    const size = config.integer('input_dim');
    const width = config.integer('output_dim');
    const initializer = config.initializer('embeddings_initializer', 'random_uniform');
    const maskZero = config.flag('mask_zero', false);
    config.raw('input_length');
    return {
      role: 'learned',
      masking: 'own',
      activation: 'linear',
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs));
        const numbers = scope.like(x, 'Cast', [x.tensor], { to: 7 });
        const table = scope.parameter('embeddings', [size, width], { initializer });
        const shape = [...x.shape, width];
        const value = {
          tensor: scope.op('Gather', [table, numbers], ['n', ...shape], { axis: 0 }),
          shape,
          layout: 'last' as const,
        };
        if (!maskZero) return value;
        if (x.shape.length !== 1) throw scope.fail('has mask_zero and takes numbers of [steps]');
        const absent = scope.op('Equal', [numbers, scope.index(0)], ['n', ...x.shape]);
        const steps = { ...x, shape: [...x.shape, 1] };
        return {
          ...value,
          keep: scope.keepWhere(steps, scope.like(steps, 'Unsqueeze', [absent, scope.constant([2])])),
        };
      },
    };
  },
};
