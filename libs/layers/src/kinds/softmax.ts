import type { LayerKind } from '../layer.kind.js';

/** exp(x) / Σ exp(x) along an axis. */
export const softmax: LayerKind = {
  key: 'Softmax',
  create(config) {
    const axes = config.integers('axis', [-1]);
    if (axes.length !== 1) throw config.fail(`has axis [${axes.join(', ')}]; give one`);
    return {
      role: 'activation',
      masking: 'carries',
      activation: 'softmax',
      call(scope, inputs) {
        const x = scope.one(inputs);
        const after = {
          ...x,
          tensor: scope.like(x, 'Softmax', [x.tensor], { axis: scope.toAxis(x, axes[0]!) }),
        };
        if (axes[0] === -1 || axes[0] === x.shape.length) scope.rememberLogits(after, x, 'softmax');
        return after;
      },
    };
  },
};
