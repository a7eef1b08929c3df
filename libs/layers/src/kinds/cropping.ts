import type { LayerKind } from '../layer.kind.js';
import { countChannels, toDims, listPositions, shapeText } from '../value.js';
import { readMargins } from './margins.js';

/** Cuts a margin off the positions. */
function cropping(key: string, rank: number): LayerKind {
  return {
    key,
    create(config) {
      const margins = readMargins(config, 'cropping', rank, rank === 1 ? 1 : 0);
      return {
        role: 'plain',
        call(scope, inputs) {
          const x = scope.one(inputs, rank + 1);
          const positions = listPositions(x);
          const left = positions.map((size, i) => size - margins[i]![0] - margins[i]![1]);
          if (left.some((size) => size < 1))
            throw scope.fail(
              `cuts ${JSON.stringify(margins)} off its input's positions ${shapeText(positions)}; ` +
                'nothing is left',
            );
          const value = { ...x, shape: [...left, countChannels(x)] };
          const starts = scope.constant(margins.map(([before]) => before));
          const ends = scope.constant(margins.map(([before], i) => before + left[i]!));
          const axes = scope.constant(margins.map((_, i) => scope.toAxis(x, i + 1)));
          return { ...value, tensor: scope.op('Slice', [x.tensor, starts, ends, axes], toDims(value)) };
        },
      };
    },
  };
}

export const cropping1d = cropping('Cropping1D', 1);
export const cropping2d = cropping('Cropping2D', 2);
export const cropping3d = cropping('Cropping3D', 3);
