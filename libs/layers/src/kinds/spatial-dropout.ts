import type { LayerKind } from '../layer.kind.js';
import { countChannels, toDims } from '../value.js';

/** Sets whole channels to zero in training (Tompson et al., 2015). */
function spatialDropout(key: string, rank: number): LayerKind {
  return {
    key,
    create(config) {
      const rate = config.number('rate', 0.5, { min: 0, below: 1 });
      return {
        role: 'plain',
        masking: 'carries',
        call(scope, inputs) {
          const x = scope.one(inputs, rank + 1);
          if (!scope.isTraining || rate === 0) return { ...x };
          const mask = scope.mask(
            toDims({ ...x, shape: [...Array<number>(rank).fill(1), countChannels(x)] }),
            rate,
          );
          return { ...x, tensor: scope.like(x, 'Mul', [x.tensor, mask]) };
        },
      };
    },
  };
}

export const spatialDropout1d = spatialDropout('SpatialDropout1D', 1);
export const spatialDropout2d = spatialDropout('SpatialDropout2D', 2);
export const spatialDropout3d = spatialDropout('SpatialDropout3D', 3);
