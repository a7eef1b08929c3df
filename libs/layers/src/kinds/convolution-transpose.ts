import { activate } from '../activations.js';
import type { LayerKind } from '../layer.kind.js';
import { channelsOf, positionsOf } from '../value.js';
import { windowOf } from '../window.js';

/** A transposed convolution, which undoes the shape of a convolution: kernel [...window, filters, in]. */
function convolutionTranspose(key: string, rank: number): LayerKind {
  return {
    key,
    create(config) {
      const filters = config.integer('filters');
      const { size, strides, dilations, padding } = windowOf(config, rank, 'kernel_size');
      if (config.raw('output_padding') !== undefined) throw config.fail('has output_padding, which is not supported; leave it out');
      if (padding === 'causal') throw config.fail('has padding "causal"; give valid or same');
      const activation = config.activation();
      const useBias = config.flag('use_bias', true);
      const kernelInitializer = config.initializer('kernel_initializer', 'glorot_uniform');
      const biasInitializer = config.initializer('bias_initializer', 'zeros');
      // TF.js writes what it inherits along.
      config.raw('groups');
      // What a window reaches beyond its stride overlaps; what a stride leaves uncovered is zero.
      const over = size.map((k, i) => (k - 1) * dilations[i]! + 1 - strides[i]!);
      const cut = over.map((o) => padding === 'same' ? Math.max(o, 0) : 0);
      const pads = [...cut.map((c) => Math.floor(c / 2)), ...cut.map((c) => Math.ceil(c / 2))];
      return {
        role: 'learned',
        isConvolution: true,
        activation: activation.key,
        call(scope, inputs) {
          const x = scope.first(scope.one(inputs, rank + 1));
          const output = positionsOf(x).map((length, i) => length * strides[i]! + (padding === 'same' ? 0 : Math.max(over[i]!, 0)));
          const kernel = scope.parameter('kernel', [...size, filters, channelsOf(x)], { initializer: kernelInitializer, permutation: [rank + 1, rank, ...size.map((_, i) => i)] });
          const bias = useBias ? [scope.parameter('bias', [filters], { initializer: biasInitializer })] : [];
          const attributes = { kernel_shape: size, strides, dilations, pads, output_padding: over.map((o) => Math.max(-o, 0)) };
          const tensor = scope.op('ConvTranspose', [x.tensor, kernel, ...bias], ['n', filters, ...output], attributes);
          return activate(scope, { tensor, shape: [...output, filters], layout: 'first' }, activation);
        },
      };
    },
  };
}

export const conv1dTranspose = convolutionTranspose('Conv1DTranspose', 1);
export const conv2dTranspose = convolutionTranspose('Conv2DTranspose', 2);
export const conv3dTranspose = convolutionTranspose('Conv3DTranspose', 3);
