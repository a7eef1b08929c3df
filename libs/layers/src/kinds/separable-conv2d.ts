import { activate } from '../activations.js';
import type { LayerKind } from '../layer.kind.js';
import { channelsOf, positionsOf } from '../value.js';
import { slide, windowOf } from '../window.js';

/** A depthwise convolution followed by one with a 1 × 1 window: depthwise_kernel [height, width, in, multiplier], pointwise_kernel [1, 1, in · multiplier, filters]. */
export const separableConv2d: LayerKind = {
  key: 'SeparableConv2D',
  create(config) {
    const filters = config.integer('filters');
    const multiplier = config.integer('depth_multiplier', { fallback: 1 });
    const window = windowOf(config, 2, 'kernel_size');
    const activation = config.activation();
    const useBias = config.flag('use_bias', true);
    const depthwiseInitializer = config.initializer('depthwise_initializer', 'glorot_uniform');
    const pointwiseInitializer = config.initializer('pointwise_initializer', 'glorot_uniform');
    const biasInitializer = config.initializer('bias_initializer', 'zeros');
    // Keras 2 and TF.js write what it inherits from Conv2D along.
    for (const inherited of ['groups', 'kernel_initializer']) config.raw(inherited);
    return {
      role: 'learned',
      isConvolution: true,
      activation: activation.key,
      call(scope, inputs) {
        const x = scope.first(scope.one(inputs, 3));
        const channels = channelsOf(x);
        const deep = channels * multiplier;
        const { output, pads } = slide(scope, window, positionsOf(x));
        const depthwise = scope.parameter('depthwise_kernel', [...window.size, channels, multiplier], { initializer: depthwiseInitializer, permutation: [2, 3, 0, 1], graphDims: [deep, 1, ...window.size] });
        const pointwise = scope.parameter('pointwise_kernel', [1, 1, deep, filters], { initializer: pointwiseInitializer, permutation: [3, 2, 0, 1] });
        const bias = useBias ? [scope.parameter('bias', [filters], { initializer: biasInitializer })] : [];
        const attributes = { kernel_shape: window.size, strides: window.strides, dilations: window.dilations, pads, group: channels };
        const middle = scope.op('Conv', [x.tensor, depthwise], ['n', deep, ...output], attributes);
        const tensor = scope.op('Conv', [middle, pointwise, ...bias], ['n', filters, ...output], { kernel_shape: [1, 1] });
        return activate(scope, { tensor, shape: [...output, filters], layout: 'first' }, activation);
      },
    };
  },
};
