import { activate } from '../activations.js';
import type { LayerKind } from '../layer.kind.js';
import { channelsOf, positionsOf } from '../value.js';
import { slide, windowOf } from '../window.js';

/** A convolution over `rank` axes: kernel [...window, in / groups, filters]. */
function convolution(key: string, rank: number): LayerKind {
  return {
    key,
    create(config) {
      const filters = config.integer('filters');
      const groups = config.integer('groups', { fallback: 1 });
      const window = windowOf(config, rank, 'kernel_size');
      const activation = config.activation();
      const useBias = config.flag('use_bias', true);
      const kernelInitializer = config.initializer('kernel_initializer', 'glorot_uniform');
      const biasInitializer = config.initializer('bias_initializer', 'zeros');
      return {
        role: 'learned',
        isConvolution: true,
        activation: activation.key,
        call(scope, inputs) {
          const x = scope.first(scope.one(inputs, rank + 1));
          const channels = channelsOf(x);
          if (channels % groups !== 0 || filters % groups !== 0) throw scope.fail(`has groups ${groups}, which divides not both its ${channels} input channels and its ${filters} filters`);
          const { output, pads } = slide(scope, window, positionsOf(x));
          const axes = window.size.map((_, i) => i);
          const kernel = scope.parameter('kernel', [...window.size, channels / groups, filters], { initializer: kernelInitializer, permutation: [rank + 1, rank, ...axes] });
          const bias = useBias ? [scope.parameter('bias', [filters], { initializer: biasInitializer })] : [];
          const attributes = { kernel_shape: window.size, strides: window.strides, dilations: window.dilations, pads, group: groups };
          const tensor = scope.op('Conv', [x.tensor, kernel, ...bias], ['n', filters, ...output], attributes);
          return activate(scope, { tensor, shape: [...output, filters], layout: 'first' }, activation);
        },
      };
    },
  };
}

export const conv1d = convolution('Conv1D', 1);
export const conv2d = convolution('Conv2D', 2);
export const conv3d = convolution('Conv3D', 3);
