import { computeMoments, symmetricEigen } from '@noema/perception';
import type { Points } from './points.js';
import { type PcaMap, randomisedPca } from './randomised-pca.js';

/** Number of dimensions from which the covariance is too expensive. */
const WIDE_FROM = 200;

/**
 * Returns the points on their first principal components. Missing axes (fewer dimensions, no variance) are
 * zero. Wide data use `randomisedPca`.
 */
export function pcaMap(cloud: Points, dims: 2 | 3): PcaMap {
  const { data, n, d } = cloud;
  if (d >= WIDE_FROM) return randomisedPca(cloud, dims);
  const { mean, coMoment } = computeMoments(data, d);
  const { values, vectors } = symmetricEigen(
    coMoment.map((value) => value / n),
    d,
  );
  const total = values.reduce((sum, value) => sum + Math.max(value, 0), 0);
  const floor = values[0]! * 1e-12;
  const coordinates = new Float32Array(n * dims);
  const axes = new Float64Array(dims * d);
  const explainedRatio = new Float64Array(dims);
  for (let c = 0; c < dims && c < d && values[c]! > floor; c++) {
    explainedRatio[c] = values[c]! / total;
    axes.set(vectors.subarray(c * d, (c + 1) * d), c * d);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (data[i * d + j]! - mean[j]!) * vectors[c * d + j]!;
      coordinates[i * dims + c] = sum;
    }
  }
  return { coordinates, explainedRatio, mean, axes };
}
