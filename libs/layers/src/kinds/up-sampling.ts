import { float32 } from '@noema/onnx';
import type { LayerConfig } from '../layer.config.js';
import type { LayerKind } from '../layer.kind.js';
import type { LayerScope } from '../layer.scope.js';
import { countChannels, toDims, listPositions, type Value } from '../value.js';

/** Every position repeated. */
function nearest(scope: LayerScope, x: Value, factors: readonly number[]): Value {
  const positions = listPositions(x);
  const split = (inner: (i: number) => number[]): number[] => {
    const parts = positions.flatMap((_, i) => inner(i));
    return x.layout === 'first' ? [countChannels(x), ...parts] : [...parts, countChannels(x)];
  };
  const value = { ...x, shape: [...positions.map((size, i) => size * factors[i]!), countChannels(x)] };
  const narrow = split((i) => [positions[i]!, 1]);
  const wide = split((i) => [positions[i]!, factors[i]!]);
  const apart = scope.op('Reshape', [x.tensor, scope.constant([-1, ...narrow])], ['n', ...narrow]);
  const repeated = scope.op('Expand', [apart, scope.constant([1, ...wide])], ['n', ...wide]);
  return {
    ...value,
    tensor: scope.op(
      'Reshape',
      [repeated, scope.constant([-1, ...(toDims(value).slice(1) as number[])])],
      toDims(value),
    ),
  };
}

/**
 * Weights [to, from] of linear interpolation. In TF.js, position p of the result is position p · from / to of the
 * input; in Keras the middles of the pixels are.
 */
function interpolation(from: number, factor: number, byMiddles: boolean): Float32Array {
  const to = from * factor;
  const weights = new Float32Array(to * from);
  for (let p = 0; p < to; p++) {
    const at = byMiddles ? Math.min(from - 1, Math.max(0, (p + 0.5) / factor - 0.5)) : p / factor;
    const low = Math.floor(at);
    const high = Math.min(low + 1, from - 1);
    weights[p * from + low]! += 1 - (at - low);
    weights[p * from + high]! += at - low;
  }
  return weights;
}

/** Rows and columns interpolated by two matrix products. */
function bilinear(scope: LayerScope, input: Value, factors: readonly number[], byMiddles: boolean): Value {
  const x = scope.first(input);
  const [height, width] = listPositions(x) as [number, number];
  const [down, across] = factors as [number, number];
  const c = countChannels(x);
  const transposed = scope.constant(
    float32(transpose(interpolation(width, across, byMiddles), width * across, width), [
      width,
      width * across,
    ]),
  );
  const wide = scope.op('MatMul', [x.tensor, transposed], ['n', c, height, width * across]);
  const rows = scope.constant(float32(interpolation(height, down, byMiddles), [height * down, height]));
  const tensor = scope.op('MatMul', [rows, wide], ['n', c, height * down, width * across]);
  return { tensor, shape: [height * down, width * across, c], layout: 'first' };
}

const transpose = (data: Float32Array, rows: number, columns: number): Float32Array =>
  Float32Array.from({ length: data.length }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]!);

/** Setting of a layer that Keras 2 wrote, which nothing else distinguishes from one of TF.js. */
export const HALF_PIXEL_CENTERS = 'half_pixel_centers';

const upSampling = (
  key: string,
  rank: number,
  readInterpolation: (config: LayerConfig) => 'nearest' | 'bilinear',
): LayerKind => ({
  key,
  create(config) {
    const factors = config.sizes('size', rank, { fallback: 2 });
    const method = readInterpolation(config);
    const byMiddles = config.flag(HALF_PIXEL_CENTERS, config.isKeras3);
    return {
      role: 'plain',
      call: (scope, inputs) => {
        const x = scope.one(inputs, rank + 1);
        return method === 'nearest' ? nearest(scope, x, factors) : bilinear(scope, x, factors, byMiddles);
      },
    };
  },
});

export const upSampling1d = upSampling('UpSampling1D', 1, () => 'nearest');
export const upSampling3d = upSampling('UpSampling3D', 3, () => 'nearest');
export const upSampling2d = upSampling('UpSampling2D', 2, (config) =>
  config.choice('interpolation', ['nearest', 'bilinear'], 'nearest'),
);
