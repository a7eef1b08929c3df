import type { LayerKind } from '../layer.kind.js';
import { countChannels, listPositions } from '../value.js';
import { slide } from '../window.js';
import { convolutionKind, ignoreInherited } from './convolution.kind.js';

/**
 * A depthwise convolution followed by one of single positions: depthwise_kernel [...window, in, multiplier],
 * pointwise_kernel [1, …, in · multiplier, filters].
 */
const separableConvolution = (key: string, rank: number): LayerKind =>
  convolutionKind(key, rank, (config, window) => {
    const filters = config.integer('filters');
    const multiplier = config.integer('depth_multiplier', { fallback: 1 });
    const depthwiseInitializer = config.initializer('depthwise_initializer', 'glorot_uniform');
    const pointwiseInitializer = config.initializer('pointwise_initializer', 'glorot_uniform');
    ignoreInherited(config, 'groups', 'kernel_initializer');
    const [axes, single] = [[...window.size.keys()], window.size.map(() => 1)];
    return (scope, x, bias) => {
      const channels = countChannels(x);
      const deep = channels * multiplier;
      const { output, pads } = slide(scope, window, listPositions(x));
      const depthwise = scope.parameter('depthwise_kernel', [...window.size, channels, multiplier], {
        initializer: depthwiseInitializer,
        permutation: [rank, rank + 1, ...axes],
        graphDims: [deep, 1, ...window.size],
      });
      const pointwise = scope.parameter('pointwise_kernel', [...single, deep, filters], {
        initializer: pointwiseInitializer,
        permutation: [rank + 1, rank, ...axes],
      });
      const attributes = {
        kernel_shape: window.size,
        strides: window.strides,
        dilations: window.dilations,
        pads,
        group: channels,
      };
      const middle = scope.op('Conv', [x.tensor, depthwise], ['n', deep, ...output], attributes);
      return {
        tensor: scope.op('Conv', [middle, pointwise, ...bias(filters)], ['n', filters, ...output], {
          kernel_shape: single,
        }),
        filters,
        positions: output,
      };
    };
  });

export const separableConv1d = separableConvolution('SeparableConv1D', 1);
export const separableConv2d = separableConvolution('SeparableConv2D', 2);
