import { momentsOf, symmetricEigen } from '@noema/perception';
import type { Points } from './points.js';

/** Coordinates [n, dims] float32 and each axis' share of the variance. */
export interface PcaMap {
  readonly coordinates: Float32Array;
  readonly explainedRatio: Float64Array;
}

/** The points on their first principal components; axes that do not exist (fewer dimensions, no variance) are zero. */
export function pcaMap({ data, n, d }: Points, dims: 2 | 3): PcaMap {
  const { mean, coMoment } = momentsOf(data, d);
  const { values, vectors } = symmetricEigen(coMoment.map((value) => value / n), d);
  const total = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const floor = values[0]! * 1e-12;
  const coordinates = new Float32Array(n * dims);
  const explainedRatio = new Float64Array(dims);
  for (let c = 0; c < dims && c < d && values[c]! > floor; c++) {
    explainedRatio[c] = values[c]! / total;
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (data[i * d + j]! - mean[j]!) * vectors[c * d + j]!;
      coordinates[i * dims + c] = sum;
    }
  }
  return { coordinates, explainedRatio };
}
