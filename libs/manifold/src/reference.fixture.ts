import { readFileSync } from 'node:fs';
import { points } from './points.js';

/**
 * Results of scikit-learn and umap-learn for 240 points in 8 dimensions, from bench/reference/manifold.py.
 */
export const reference = JSON.parse(
  readFileSync(new URL('../../test/fixtures/manifold.json', import.meta.url), 'utf8'),
) as {
  n: number;
  d: number;
  points: number[];
  labels: number[];
  map: number[];
  distinct: number[];
  trust: Record<string, [number, number]>;
  knn: { k: number; indices: number[]; distances: number[] };
  fuzzy: [number, number, number][];
  fuzzySum: number;
  edges: number;
  curve: [number, number, number, number][];
  pcaRatio: number[];
};

export const cloud = points(Float32Array.from(reference.points), reference.d);
export const labels = Int32Array.from(reference.labels);

/** Returns the rows of the given width without the two duplicates. */
export function withoutDuplicates(values: ArrayLike<number>, width: number): Float32Array {
  return Float32Array.from(
    reference.distinct.flatMap((i) => Array.from({ length: width }, (_, c) => values[i * width + c]!)),
  );
}
