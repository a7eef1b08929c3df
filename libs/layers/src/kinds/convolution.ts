import type { LayerKind } from '../layer.kind.js';
import { countChannels, listPositions } from '../value.js';
import { slide } from '../window.js';
import { convolutionKind } from './convolution.kind.js';

/** A convolution over `rank` axes: kernel [...window, in / groups, filters]. */
const convolution = (key: string, rank: number): LayerKind =>
  convolutionKind(key, rank, (config, window) => {
    const filters = config.integer('filters');
    const groups = config.integer('groups', { fallback: 1 });
    const initializer = config.initializer('kernel_initializer', 'glorot_uniform');
    return (scope, x, bias) => {
      const channels = countChannels(x);
      if (channels % groups !== 0 || filters % groups !== 0)
        throw scope.fail(
          `has groups ${groups}, which divides not both its ${channels} input channels and its ` +
            `${filters} filters`,
        );
      const { output, pads } = slide(scope, window, listPositions(x));
      const kernel = scope.parameter('kernel', [...window.size, channels / groups, filters], {
        initializer,
        permutation: [rank + 1, rank, ...window.size.keys()],
      });
      const attributes = {
        kernel_shape: window.size,
        strides: window.strides,
        dilations: window.dilations,
        pads,
        group: groups,
      };
      return {
        tensor: scope.op('Conv', [x.tensor, kernel, ...bias(filters)], ['n', filters, ...output], attributes),
        filters,
        positions: output,
      };
    };
  });

export const conv1d = convolution('Conv1D', 1);
export const conv2d = convolution('Conv2D', 2);
export const conv3d = convolution('Conv3D', 3);
