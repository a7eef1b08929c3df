import { DomainError } from '@noema/kernel';
import { PACMAP_NEIGHBORS } from '../pacmap/pacmap.js';
import { pcaMap } from '../pca-map.js';
import type { Points } from '../points.js';
import { align } from '../procrustes.js';
import { fitCurve } from '../umap/curve.js';
import { projectOnto, type PlacedPoints, type PlacingInput, type PlacingOptions } from './project-onto.js';
import { TSNE_NEIGHBORS } from './tsne-mover.js';

export interface TransformOptions extends PlacingOptions {
  /** Parameters with which the map was computed, with the same defaults. */
  readonly neighbors?: number;
  readonly minDist?: number;
  readonly spread?: number;
  readonly negatives?: number;
  /**
   * Number of steps per point. Default: 100 for up to 10,000 new points, 30 above. 0 keeps points at the mean
   * of their neighbours.
   */
  readonly epochs?: number;
}

/**
 * Projects new vectors [m, d] into the stored UMAP map [n, dims] of stored vectors [n, d] (McInnes, Healy &
 * Melville 2018; umap-learn's `transform`). The map does not change. Each position depends only on its vector
 * and the seed. Throws `invalid` TRANSFORM_SHAPE, POINT_NOT_FINITE, UMAP_NEIGHBORS, `cancelled`.
 */
export async function transform(
  stored: Points,
  map: Float32Array,
  fresh: Points,
  options: TransformOptions = {},
): Promise<PlacedPoints> {
  const k = Math.min(options.neighbors ?? 15, stored.n);
  if (k < 1 || !Number.isInteger(k))
    throw new DomainError(
      'invalid',
      'UMAP_NEIGHBORS',
      `${options.neighbors} neighbors are too few; ask for 1 or more`,
    );
  return projectOnto(
    { stored, map, fresh },
    k,
    {
      by: 'umap',
      k,
      epochs: options.epochs ?? (fresh.n > 10_000 ? 30 : 100),
      negatives: options.negatives ?? 5,
      curve: fitCurve(options.spread ?? 1, options.minDist ?? 0.1),
      seed: options.seed ?? 42,
    },
    options,
  );
}

/**
 * The same for a stored t-SNE map, with openTSNE's method (Poličar, Stražar & Zupan 2019). It is
 * deterministic, so it takes no seed. Throws as `transform`.
 */
export const transformTsne = (
  input: PlacingInput,
  options: PlacingOptions & { readonly steps?: number } = {},
): Promise<PlacedPoints> =>
  projectOnto(input, TSNE_NEIGHBORS, { by: 'tsne', steps: options.steps ?? 250 }, options);

/**
 * The same for a stored PaCMAP map, with the authors' method (Wang et al. 2021) from the nearest `neighbors`.
 * It is deterministic, so it takes no seed. Throws as `transform`.
 */
export function transformPacmap(
  input: PlacingInput,
  options: PlacingOptions & { readonly neighbors?: number; readonly steps?: number } = {},
): Promise<PlacedPoints> {
  const k = options.neighbors ?? PACMAP_NEIGHBORS;
  return projectOnto(input, k, { by: 'pacmap', k, steps: options.steps ?? 250 }, options);
}

/**
 * The same for a stored map of principal components: by the components of the stored vectors, with the
 * rotation, reflection and shift of the map. Exact. Throws as `transform`.
 */
export function transformPca(input: PlacingInput, options: PlacingOptions = {}): Promise<PlacedPoints> {
  const { stored, map, fresh } = input;
  const dims = map.length / stored.n;
  if ((dims !== 2 && dims !== 3) || fresh.d !== stored.d)
    return projectOnto(input, 1, { by: 'none' }, options); // which refuses it by name
  const { coordinates, mean, axes } = pcaMap(stored, dims);
  const both = new Float32Array((stored.n + fresh.n) * dims);
  both.set(coordinates);
  for (let i = 0; i < fresh.n; i++) {
    for (let c = 0; c < dims; c++) {
      let sum = 0;
      for (let j = 0; j < fresh.d; j++)
        sum += (fresh.data[i * fresh.d + j]! - mean[j]!) * axes[c * fresh.d + j]!;
      both[(stored.n + i) * dims + c] = sum;
    }
  }
  const rows = Int32Array.from({ length: stored.n }, (_, i) => i);
  return projectOnto(
    input,
    1,
    { by: 'none' },
    { ...options, given: align(both, map, dims, { rows, others: rows }).coordinates.slice(stored.n * dims) },
  );
}
