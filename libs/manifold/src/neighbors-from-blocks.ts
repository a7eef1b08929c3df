import { cancelled, DomainError } from '@noema/kernel';
import type { NeighborGraph } from './neighbor-graph.js';
import { writeNearest } from './neighbors/exact-row.js';
import type { Points } from './points.js';
import type { DistanceBlocks } from './trust/distance-blocks.js';

/** Distances of one block. */
const BLOCK_VALUES = 4_000_000;
/** Candidates beyond k that are measured again, because float32 may swap near ties at the end. */
const SPARE = 4;

/**
 * The exact k nearest neighbours of every point from blocks of the distance matrix, such as a tensor library computes them; the candidates'
 * distances are measured in float64, ties by index. Throws `invalid` K_TOO_LARGE unless 1 ≤ k < n, `cancelled`.
 */
export async function neighborsFromBlocks(cloud: Points, distances: DistanceBlocks, k: number, signal?: AbortSignal): Promise<NeighborGraph> {
  const { n } = cloud;
  if (!Number.isInteger(k) || k < 1 || k >= n) throw new DomainError('invalid', 'K_TOO_LARGE', `${k} neighbours of ${n} points cannot be had; ask for 1 to ${n - 1}`);
  const graph = { n, k, indices: new Int32Array(n * k), distances: new Float32Array(n * k) };
  const reach = Math.min(n - 1, k + SPARE), candidates = new Int32Array(reach), limits = new Float64Array(reach), step = Math.max(1, Math.floor(BLOCK_VALUES / n));
  const ask = (from: number): Promise<Float32Array | Float64Array> => {
    const block = distances.of(Int32Array.from({ length: Math.min(step, n - from) }, (_, at) => from + at));
    block.catch(() => undefined);
    return block;
  };
  let ahead = ask(0);
  for (let from = 0; from < n; from += step) {
    if (signal?.aborted) throw cancelled('looking for neighbours');
    const to = Math.min(n, from + step), block = await ahead;
    if (to < n) ahead = ask(to);
    for (let i = from; i < to; i++) {
      nearestInRow(block.subarray((i - from) * n, (i - from + 1) * n), i, candidates, limits);
      writeNearest(cloud, i, candidates, graph);
    }
  }
  return graph;
}

/** Writes the nearest of a row of distances, without the point itself, nearest first. */
function nearestInRow(row: Float32Array | Float64Array, self: number, candidates: Int32Array, limits: Float64Array): void {
  const last = candidates.length - 1;
  limits.fill(Infinity);
  for (let j = 0; j < row.length; j++) {
    const distance = row[j]!;
    if (distance >= limits[last]! || j === self) continue;
    let at = last;
    for (; at > 0 && limits[at - 1]! > distance; at--) {
      limits[at] = limits[at - 1]!;
      candidates[at] = candidates[at - 1]!;
    }
    limits[at] = distance;
    candidates[at] = j;
  }
}
