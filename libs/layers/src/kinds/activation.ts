import { activate } from '../activations.js';
import type { LayerKind } from '../layer.kind.js';

/** A non-linearity as a separate layer, by its Keras name. */
export const activation: LayerKind = {
  key: 'Activation',
  create(config) {
    if (config.raw('activation') === undefined)
      throw config.fail('has no activation; give its name, e.g. "relu"');
    const chosen = config.activation();
    return {
      role: 'activation',
      masking: 'carries',
      activation: chosen.key,
      call: (scope, inputs) => activate(scope, scope.one(inputs), chosen),
    };
  },
};
