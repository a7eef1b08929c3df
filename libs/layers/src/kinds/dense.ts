import { activate } from '../activations.js';
import { affine } from '../affine.js';
import type { LayerKind } from '../layer.kind.js';
import { countChannels } from '../value.js';

/** A fully connected layer over the last axis: kernel [in, units]. */
export const dense: LayerKind = {
  key: 'Dense',
  create(config) {
    const units = config.integer('units');
    const activation = config.activation();
    const useBias = config.flag('use_bias', true);
    const kernelInitializer = config.initializer('kernel_initializer', 'glorot_uniform');
    const biasInitializer = config.initializer('bias_initializer', 'zeros');
    return {
      role: 'learned',
      masking: 'carries',
      activation: activation.key,
      call(scope, inputs) {
        const x = scope.last(scope.one(inputs));
        if (x.shape.length === 0) throw scope.fail('needs at least one dimension in addition to the batch');
        const kernel = scope.parameter('kernel', [countChannels(x), units], {
          initializer: kernelInitializer,
        });
        const bias = useBias ? scope.parameter('bias', [units], { initializer: biasInitializer }) : undefined;
        if (x.shape.length > 1) return activate(scope, affine(scope, x, kernel, units, bias), activation);
        return activate(
          scope,
          {
            tensor: scope.op('Gemm', [x.tensor, kernel, ...(bias === undefined ? [] : [bias])], ['n', units]),
            shape: [units],
            layout: 'last',
          },
          activation,
        );
      },
    };
  },
};
