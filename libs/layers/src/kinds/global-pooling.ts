import type { LayerKind } from '../layer.kind.js';
import { channelsOf, positionsOf } from '../value.js';

/** The largest or the mean over all positions of each channel. */
function globalPooling(key: string, opType: 'ReduceMax' | 'ReduceMean', rank: number): LayerKind {
  return {
    key,
    create(config) {
      const keepDims = config.flag('keepdims', false);
      return {
        role: 'plain',
        call(scope, inputs) {
          const x = scope.one(inputs, rank + 1);
          const channels = channelsOf(x);
          const axes = positionsOf(x).map((_, i) => scope.axisOf(x, i + 1));
          const tensor = scope.op(opType, [x.tensor, scope.constant(axes)], ['n', channels], { keepdims: 0 });
          const pooled = { tensor, shape: [channels], layout: 'last' as const };
          return keepDims ? scope.reshaped(pooled, [...axes.map(() => 1), channels]) : pooled;
        },
      };
    },
  };
}

export const globalMaxPooling1d = globalPooling('GlobalMaxPooling1D', 'ReduceMax', 1);
export const globalMaxPooling2d = globalPooling('GlobalMaxPooling2D', 'ReduceMax', 2);
export const globalMaxPooling3d = globalPooling('GlobalMaxPooling3D', 'ReduceMax', 3);
export const globalAveragePooling1d = globalPooling('GlobalAveragePooling1D', 'ReduceMean', 1);
export const globalAveragePooling2d = globalPooling('GlobalAveragePooling2D', 'ReduceMean', 2);
export const globalAveragePooling3d = globalPooling('GlobalAveragePooling3D', 'ReduceMean', 3);
