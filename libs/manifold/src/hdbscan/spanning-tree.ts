import { setImmediate } from 'node:timers/promises';
import { cancelled } from '@noema/kernel';
import type { NeighborGraph } from '../neighbor-graph.js';
import { squareBelow } from '../neighbors/exact-row.js';
import type { Points } from '../points.js';

/** Edges of a spanning tree, [n − 1] each, lightest first; weights are distances, infinite between parts that nothing joins. */
export interface SpanningTree {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float64Array;
}

const PAIRS_BETWEEN_LOOKS = 2_000_000;

/**
 * The exact minimum spanning tree of all points under mutual reachability max(core i, core j, distance) (Campello et al. 2013, definition 5) by
 * Prim's algorithm in O(n²) time and O(n) memory: a point that already hangs at its core distance is not looked at again, and a distance is
 * summed only as far as it can matter. `cores` [n] float64. Throws `cancelled`.
 */
export async function exactSpanningTree(cloud: Points, cores: Float64Array, signal?: AbortSignal): Promise<SpanningTree> {
  const { n } = cloud, from = new Int32Array(n - 1), to = new Int32Array(n - 1), weights = new Float64Array(n - 1);
  const rest = Int32Array.from({ length: n - 1 }, (_, i) => i + 1), keys = new Float64Array(n).fill(Infinity), hangsOn = new Int32Array(n);
  const floors = cores.map((core) => core * core);
  for (let edge = 0, last = 0, left = n - 1, looked = 0; edge < n - 1; edge++) {
    let nearest = 0;
    for (let r = 0; r < left; r++) {
      const j = rest[r]!, floor = Math.max(floors[last]!, floors[j]!);
      if (keys[j]! > floor) {
        const reach = Math.max(floor, squareBelow(cloud, last, j, keys[j]!));
        if (reach < keys[j]!) {
          keys[j] = reach;
          hangsOn[j] = last;
        }
      }
      if (keys[j]! < keys[rest[nearest]!]!) nearest = r;
    }
    last = rest[nearest]!;
    [from[edge], to[edge], weights[edge]] = [hangsOn[last]!, last, Math.sqrt(keys[last]!)];
    rest[nearest] = rest[--left]!;
    looked += left;
    if (looked < PAIRS_BETWEEN_LOOKS) continue;
    looked = 0;
    await setImmediate();
    if (signal?.aborted) throw cancelled('clustering');
  }
  return lightestFirst({ from, to, weights });
}

/** The lightest spanning tree of the graph's edges under mutual reachability (Kruskal); what the graph leaves apart is joined by infinite edges. */
export function graphSpanningTree({ n, k, indices, distances }: NeighborGraph, cores: Float64Array): SpanningTree {
  const all = new Float64Array(n * k);
  for (let e = 0; e < all.length; e++) all[e] = Math.max(distances[e]!, cores[Math.floor(e / k)]!, cores[indices[e]!]!);
  const order = Uint32Array.from(all, (_, e) => e).sort((a, b) => all[a]! - all[b]! || a - b);
  const from = new Int32Array(n - 1), to = new Int32Array(n - 1), weights = new Float64Array(n - 1), sets = new DisjointSets(n);
  let count = 0;
  for (const e of order) {
    const i = Math.floor(e / k), j = indices[e]!;
    if (sets.join(i, j)) [from[count], to[count], weights[count++]] = [i, j, all[e]!];
  }
  for (let j = 1; j < n && count < n - 1; j++) if (sets.join(0, j)) [from[count], to[count], weights[count++]] = [0, j, Infinity];
  return { from, to, weights };
}

/** Which numbers below `size` belong together (union and find with halved paths). */
export class DisjointSets {
  private readonly parents: Int32Array;

  constructor(size: number) {
    this.parents = Int32Array.from({ length: size }, (_, i) => i);
  }

  find(i: number): number {
    const { parents } = this;
    while (parents[i] !== i) i = parents[i] = parents[parents[i]!]!;
    return i;
  }

  /** Joins two sets under the root of the second; false when they were one. */
  join(i: number, j: number): boolean {
    const [a, b] = [this.find(i), this.find(j)];
    this.parents[a] = b;
    return a !== b;
  }
}

function lightestFirst({ from, to, weights }: SpanningTree): SpanningTree {
  const order = Uint32Array.from(weights, (_, e) => e).sort((a, b) => weights[a]! - weights[b]! || a - b);
  return { from: Int32Array.from(order, (e) => from[e]!), to: Int32Array.from(order, (e) => to[e]!), weights: Float64Array.from(order, (e) => weights[e]!) };
}
