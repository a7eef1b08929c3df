import type { LayerKind } from '../layer.kind.js';
import { countChannels, listPositions } from '../value.js';
import { convolutionKind, ignoreInherited } from './convolution.kind.js';

/** A transposed convolution, which undoes the shape of a convolution: kernel [...window, filters, in]. */
const convolutionTranspose = (key: string, rank: number): LayerKind =>
  convolutionKind(key, rank, (config, { size, strides, dilations, padding }) => {
    const filters = config.integer('filters');
    if (config.raw('output_padding') !== undefined)
      throw config.fail('has output_padding, which is not supported; leave it out');
    if (padding === 'causal') throw config.fail('has padding "causal"; give valid or same');
    const initializer = config.initializer('kernel_initializer', 'glorot_uniform');
    ignoreInherited(config, 'groups');
    // The part of a window beyond its stride overlaps the next window. Positions that a stride leaves
    // uncovered are zero.
    const over = size.map((k, i) => (k - 1) * dilations[i]! + 1 - strides[i]!);
    const cut = over.map((o) => (padding === 'same' ? Math.max(o, 0) : 0));
    const pads = [...cut.map((c) => Math.floor(c / 2)), ...cut.map((c) => Math.ceil(c / 2))];
    return (scope, x, bias) => {
      const positions = listPositions(x).map(
        (length, i) => length * strides[i]! + (padding === 'same' ? 0 : Math.max(over[i]!, 0)),
      );
      const kernel = scope.parameter('kernel', [...size, filters, countChannels(x)], {
        initializer,
        permutation: [rank + 1, rank, ...size.keys()],
      });
      const attributes = {
        kernel_shape: size,
        strides,
        dilations,
        pads,
        output_padding: over.map((o) => Math.max(-o, 0)),
      };
      return {
        tensor: scope.op(
          'ConvTranspose',
          [x.tensor, kernel, ...bias(filters)],
          ['n', filters, ...positions],
          attributes,
        ),
        filters,
        positions,
      };
    };
  });

export const conv1dTranspose = convolutionTranspose('Conv1DTranspose', 1);
export const conv2dTranspose = convolutionTranspose('Conv2DTranspose', 2);
export const conv3dTranspose = convolutionTranspose('Conv3DTranspose', 3);
