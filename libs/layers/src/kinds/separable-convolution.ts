import { activate } from '../activations.js';
import type { LayerKind } from '../layer.kind.js';
import { channelsOf, positionsOf } from '../value.js';
import { slide, windowOf } from '../window.js';

/** A depthwise convolution followed by one of single positions: depthwise_kernel [...window, in, multiplier], pointwise_kernel [1, …, in · multiplier, filters]. */
const separableConvolution = (key: string, rank: number): LayerKind => ({
  key,
  create(config) {
    const filters = config.integer('filters');
    const multiplier = config.integer('depth_multiplier', { fallback: 1 });
    const window = windowOf(config, rank, 'kernel_size');
    const activation = config.activation();
    const useBias = config.flag('use_bias', true);
    const depthwiseInitializer = config.initializer('depthwise_initializer', 'glorot_uniform');
    const pointwiseInitializer = config.initializer('pointwise_initializer', 'glorot_uniform');
    const biasInitializer = config.initializer('bias_initializer', 'zeros');
    // Keras 2 and TF.js write what it inherits along.
    for (const inherited of ['groups', 'kernel_initializer']) config.raw(inherited);
    return {
      role: 'learned',
      isConvolution: true,
      activation: activation.key,
      call(scope, inputs) {
        const x = scope.first(scope.one(inputs, rank + 1));
        const channels = channelsOf(x);
        const deep = channels * multiplier;
        const [axes, single] = [window.size.map((_, i) => i), window.size.map(() => 1)];
        const { output, pads } = slide(scope, window, positionsOf(x));
        const depthwise = scope.parameter('depthwise_kernel', [...window.size, channels, multiplier], { initializer: depthwiseInitializer, permutation: [rank, rank + 1, ...axes], graphDims: [deep, 1, ...window.size] });
        const pointwise = scope.parameter('pointwise_kernel', [...single, deep, filters], { initializer: pointwiseInitializer, permutation: [rank + 1, rank, ...axes] });
        const bias = useBias ? [scope.parameter('bias', [filters], { initializer: biasInitializer })] : [];
        const attributes = { kernel_shape: window.size, strides: window.strides, dilations: window.dilations, pads, group: channels };
        const middle = scope.op('Conv', [x.tensor, depthwise], ['n', deep, ...output], attributes);
        const tensor = scope.op('Conv', [middle, pointwise, ...bias], ['n', filters, ...output], { kernel_shape: single });
        return activate(scope, { tensor, shape: [...output, filters], layout: 'first' }, activation);
      },
    };
  },
});

export const separableConv1d = separableConvolution('SeparableConv1D', 1);
export const separableConv2d = separableConvolution('SeparableConv2D', 2);
