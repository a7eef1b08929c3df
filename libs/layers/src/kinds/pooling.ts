import type { LayerKind } from '../layer.kind.js';
import { countChannels, listPositions } from '../value.js';
import { slide, readWindow } from '../window.js';

/** The largest or the mean of every window; padding counts for neither. */
function pooling(key: string, opType: 'MaxPool' | 'AveragePool', rank: number): LayerKind {
  return {
    key,
    create(config) {
      const window = readWindow(config, rank, 'pool_size');
      return {
        role: 'plain',
        call(scope, inputs) {
          const x = scope.first(scope.one(inputs, rank + 1));
          const { output, pads } = slide(scope, window, listPositions(x));
          const tensor = scope.op(opType, [x.tensor], ['n', countChannels(x), ...output], {
            kernel_shape: window.size,
            strides: window.strides,
            pads,
          });
          return { tensor, shape: [...output, countChannels(x)], layout: 'first' };
        },
      };
    },
  };
}

export const maxPooling1d = pooling('MaxPooling1D', 'MaxPool', 1);
export const maxPooling2d = pooling('MaxPooling2D', 'MaxPool', 2);
export const maxPooling3d = pooling('MaxPooling3D', 'MaxPool', 3);
export const averagePooling1d = pooling('AveragePooling1D', 'AveragePool', 1);
export const averagePooling2d = pooling('AveragePooling2D', 'AveragePool', 2);
export const averagePooling3d = pooling('AveragePooling3D', 'AveragePool', 3);
