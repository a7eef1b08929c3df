import type { WeightedGraph } from '../joined-graph.js';

/**
 * Writes the attraction Σⱼ p(i,j) (yᵢ − yⱼ) / (1 + |yᵢ − yⱼ|²) of points `from` … `to` of coordinates [n,
 * dims].
 */
export function attraction(
  p: WeightedGraph,
  dims: 2 | 3,
  coordinates: Float64Array,
  forces: Float64Array,
  from: number,
  to: number,
): void {
  if (dims === 2) attraction2(p, coordinates, forces, from, to);
  else attraction3(p, coordinates, forces, from, to);
}

// Two and three dimensions have separate code: a loop over axes inside the innermost loop doubles its time.
function attraction2(
  { indptr, indices, weights }: WeightedGraph,
  y: Float64Array,
  forces: Float64Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const x0 = y[2 * i]!;
    const x1 = y[2 * i + 1]!;
    let f0 = 0;
    let f1 = 0;
    for (let e = indptr[i]!, end = indptr[i + 1]!; e < end; e++) {
      const j = 2 * indices[e]!;
      const d0 = x0 - y[j]!;
      const d1 = x1 - y[j + 1]!;
      const w = weights[e]! / (1 + d0 * d0 + d1 * d1);
      f0 += w * d0;
      f1 += w * d1;
    }
    forces[2 * i] = f0;
    forces[2 * i + 1] = f1;
  }
}

function attraction3(
  { indptr, indices, weights }: WeightedGraph,
  y: Float64Array,
  forces: Float64Array,
  from: number,
  to: number,
): void {
  for (let i = from; i < to; i++) {
    const x0 = y[3 * i]!;
    const x1 = y[3 * i + 1]!;
    const x2 = y[3 * i + 2]!;
    let f0 = 0;
    let f1 = 0;
    let f2 = 0;
    for (let e = indptr[i]!, end = indptr[i + 1]!; e < end; e++) {
      const j = 3 * indices[e]!;
      const d0 = x0 - y[j]!;
      const d1 = x1 - y[j + 1]!;
      const d2 = x2 - y[j + 2]!;
      const w = weights[e]! / (1 + d0 * d0 + d1 * d1 + d2 * d2);
      f0 += w * d0;
      f1 += w * d1;
      f2 += w * d2;
    }
    forces[3 * i] = f0;
    forces[3 * i + 1] = f1;
    forces[3 * i + 2] = f2;
  }
}
