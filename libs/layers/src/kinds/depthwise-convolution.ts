import type { LayerKind } from '../layer.kind.js';
import { countChannels, listPositions } from '../value.js';
import { slide } from '../window.js';
import { convolutionKind, ignoreInherited } from './convolution.kind.js';

/**
 * One filter (or `depth_multiplier`) for every input channel: depthwise_kernel [...window, in, multiplier].
 */
const depthwiseConvolution = (key: string, rank: number): LayerKind =>
  convolutionKind(key, rank, (config, window) => {
    const multiplier = config.integer('depth_multiplier', { fallback: 1 });
    const initializer = config.initializer('depthwise_initializer', 'glorot_uniform');
    ignoreInherited(config, 'groups', 'kernel_initializer');
    return (scope, x, bias) => {
      const channels = countChannels(x);
      const filters = channels * multiplier;
      const { output, pads } = slide(scope, window, listPositions(x));
      const kernel = scope.parameter('depthwise_kernel', [...window.size, channels, multiplier], {
        initializer,
        permutation: [rank, rank + 1, ...window.size.keys()],
        graphDims: [filters, 1, ...window.size],
      });
      const attributes = {
        kernel_shape: window.size,
        strides: window.strides,
        dilations: window.dilations,
        pads,
        group: channels,
      };
      return {
        tensor: scope.op('Conv', [x.tensor, kernel, ...bias(filters)], ['n', filters, ...output], attributes),
        filters,
        positions: output,
      };
    };
  });

export const depthwiseConv1d = depthwiseConvolution('DepthwiseConv1D', 1);
export const depthwiseConv2d = depthwiseConvolution('DepthwiseConv2D', 2);
