import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { countChannels, listPositions, type Value } from '../value.js';

/** The largest or the mean over all positions of each channel. */
function globalPooling(key: string, opType: 'ReduceMax' | 'ReduceMean', rank: number): LayerKind {
  return {
    key,
    create(config) {
      const keepDims = config.flag('keepdims', false);
      return {
        role: 'plain',
        ...(opType === 'ReduceMean' && rank === 1 ? { masking: 'own' as const } : {}),
        call(scope, inputs) {
          const x = scope.one(inputs, rank + 1);
          const channels = countChannels(x);
          const axes = listPositions(x).map((_, i) => scope.toAxis(x, i + 1));
          const keep = opType === 'ReduceMean' ? x.keep : undefined;
          const tensor =
            keep === undefined
              ? scope.op(opType, [x.tensor, scope.constant(axes)], ['n', channels], { keepdims: 0 })
              : meanOfKept(scope, scope.last(x), keep);
          const pooled = { tensor, shape: [channels], layout: 'last' as const };
          return keepDims ? scope.reshaped(pooled, [...axes.map(() => 1), channels]) : pooled;
        },
      };
    },
  };
}

/** The mean over the steps that a mask leaves in; of none it is not a number. */
function meanOfKept(scope: LayerScope, x: Value, keep: string): string {
  const channels = countChannels(x);
  const sum = (tensor: string, width: number): string =>
    scope.op('ReduceSum', [tensor, scope.constant([1])], ['n', width], { keepdims: 0 });
  return scope.op(
    'Div',
    [sum(scope.like(x, 'Mul', [x.tensor, keep]), channels), sum(keep, 1)],
    ['n', channels],
  );
}

export const globalMaxPooling1d = globalPooling('GlobalMaxPooling1D', 'ReduceMax', 1);
export const globalMaxPooling2d = globalPooling('GlobalMaxPooling2D', 'ReduceMax', 2);
export const globalMaxPooling3d = globalPooling('GlobalMaxPooling3D', 'ReduceMax', 3);
export const globalAveragePooling1d = globalPooling('GlobalAveragePooling1D', 'ReduceMean', 1);
export const globalAveragePooling2d = globalPooling('GlobalAveragePooling2D', 'ReduceMean', 2);
export const globalAveragePooling3d = globalPooling('GlobalAveragePooling3D', 'ReduceMean', 3);
