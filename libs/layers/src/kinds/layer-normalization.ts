import type { LayerKind } from '../layer.kind.js';

/** Layer normalisation (Ba et al., 2016) of each sample over the given axes. Default: the last axis. */
export const layerNormalization: LayerKind = {
  key: 'LayerNormalization',
  create(config) {
    const axes = config.integers('axis', [-1]);
    const epsilon = config.number('epsilon', 1e-3, { min: 0 });
    const center = config.flag('center', true);
    const scale = config.flag('scale', true);
    const gammaInitializer = config.initializer('gamma_initializer', 'ones');
    const betaInitializer = config.initializer('beta_initializer', 'zeros');
    return {
      role: 'normalization',
      masking: 'carries',
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs));
        const over = axes.map((axis) => scope.toAxis(x, axis)).sort((a, b) => a - b);
        const dims = over.map((axis) => x.shape[axis - 1]!);
        const kept = ['n', ...x.shape.map((size, i) => (over.includes(i + 1) ? 1 : size))];
        const reduce = (tensor: string): string =>
          scope.op('ReduceMean', [tensor, scope.constant(over)], kept, { keepdims: 1 });
        const centred = scope.like(x, 'Sub', [x.tensor, reduce(x.tensor)]);
        const variance = reduce(scope.like(x, 'Mul', [centred, centred]));
        const deviation = scope.op(
          'Sqrt',
          [scope.op('Add', [variance, scope.constant(epsilon)], kept)],
          kept,
        );
        const spread = x.shape.map((size, i) => (over.includes(i + 1) ? size : 1));
        const put = (parameter: string): string =>
          spread.join() === dims.join()
            ? parameter
            : scope.op('Reshape', [parameter, scope.constant(spread)], spread);
        let tensor = scope.like(x, 'Div', [centred, deviation]);
        if (scale)
          tensor = scope.like(x, 'Mul', [
            tensor,
            put(scope.parameter('gamma', dims, { initializer: gammaInitializer })),
          ]);
        if (center)
          tensor = scope.like(x, 'Add', [
            tensor,
            put(scope.parameter('beta', dims, { initializer: betaInitializer })),
          ]);
        return { ...x, tensor };
      },
    };
  },
};
