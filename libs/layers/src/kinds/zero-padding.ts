import type { LayerKind } from '../layer.kind.js';
import { countChannels, toDims, listPositions } from '../value.js';
import { readMargins } from './margins.js';

/** Zeros around the positions. */
function zeroPadding(key: string, rank: number): LayerKind {
  return {
    key,
    create(config) {
      const margins = readMargins(config, 'padding', rank, 1);
      return {
        role: 'plain',
        call(scope, inputs) {
          const x = scope.one(inputs, rank + 1);
          const shape = [
            ...listPositions(x).map((size, i) => size + margins[i]![0] + margins[i]![1]),
            countChannels(x),
          ];
          const axes = margins.map((_, i) => scope.toAxis(x, i + 1));
          const pads = [...margins.map(([before]) => before), ...margins.map(([, after]) => after)];
          const value = { ...x, shape };
          const tensor = scope.op(
            'Pad',
            [x.tensor, scope.constant(allAxes(pads, axes, rank + 2)), scope.constant(0)],
            toDims(value),
            { mode: 'constant' },
          );
          return { ...value, tensor };
        },
      };
    },
  };
}

/** Pads for every axis of the graph: zero for the batch and the channels. */
function allAxes(pads: readonly number[], axes: readonly number[], rank: number): number[] {
  const full = Array<number>(2 * rank).fill(0);
  axes.forEach((axis, i) => {
    full[axis] = pads[i]!;
    full[rank + axis] = pads[axes.length + i]!;
  });
  return full;
}

export const zeroPadding1d = zeroPadding('ZeroPadding1D', 1);
export const zeroPadding2d = zeroPadding('ZeroPadding2D', 2);
export const zeroPadding3d = zeroPadding('ZeroPadding3D', 3);
