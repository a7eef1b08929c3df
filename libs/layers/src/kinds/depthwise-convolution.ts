import { activate } from '../activations.js';
import type { LayerKind } from '../layer.kind.js';
import { channelsOf, positionsOf } from '../value.js';
import { slide, windowOf } from '../window.js';

/** One filter (or `depth_multiplier`) for every input channel: depthwise_kernel [...window, in, multiplier]. */
const depthwiseConvolution = (key: string, rank: number): LayerKind => ({
  key,
  create(config) {
    const multiplier = config.integer('depth_multiplier', { fallback: 1 });
    const window = windowOf(config, rank, 'kernel_size');
    const activation = config.activation();
    const useBias = config.flag('use_bias', true);
    const kernelInitializer = config.initializer('depthwise_initializer', 'glorot_uniform');
    const biasInitializer = config.initializer('bias_initializer', 'zeros');
    // Keras 2 writes what it inherits along.
    for (const inherited of ['groups', 'kernel_initializer']) config.raw(inherited);
    return {
      role: 'learned',
      isConvolution: true,
      activation: activation.key,
      call(scope, inputs) {
        const x = scope.first(scope.one(inputs, rank + 1));
        const channels = channelsOf(x);
        const filters = channels * multiplier;
        const { output, pads } = slide(scope, window, positionsOf(x));
        const kernel = scope.parameter('depthwise_kernel', [...window.size, channels, multiplier], { initializer: kernelInitializer, permutation: [rank, rank + 1, ...window.size.map((_, i) => i)], graphDims: [filters, 1, ...window.size] });
        const bias = useBias ? [scope.parameter('bias', [filters], { initializer: biasInitializer })] : [];
        const attributes = { kernel_shape: window.size, strides: window.strides, dilations: window.dilations, pads, group: channels };
        const tensor = scope.op('Conv', [x.tensor, kernel, ...bias], ['n', filters, ...output], attributes);
        return activate(scope, { tensor, shape: [...output, filters], layout: 'first' }, activation);
      },
    };
  },
});

export const depthwiseConv1d = depthwiseConvolution('DepthwiseConv1D', 1);
export const depthwiseConv2d = depthwiseConvolution('DepthwiseConv2D', 2);
