import { setImmediate } from 'node:timers/promises';
import { cancelled } from '@noema/kernel';
import type { NeighborGraph } from '../neighbor-graph.js';
import { squareUpTo } from '../neighbors/exact-row.js';
import { type Points, pointsAt } from '../points.js';

/**
 * Edges of a spanning tree, [n − 1] each, shortest first. Weights are distances, infinite between unconnected
 * components.
 */
export interface SpanningTree {
  readonly from: Int32Array;
  readonly to: Int32Array;
  readonly weights: Float64Array;
}

const PAIRS_BETWEEN_LOOKS = 2_000_000;

/**
 * Returns the exact minimum spanning tree of all points under mutual reachability max(core i, core j,
 * distance) (Campello et al. 2013, definition 5), by Prim's algorithm in O(n²) time and O(n) memory. Points
 * that are already connected at their core distance are skipped, and the sum of a distance stops once it
 * cannot matter. `cores` [n] float64. Throws `cancelled`.
 */
export async function exactSpanningTree(
  cloud: Points,
  cores: Float64Array,
  signal?: AbortSignal,
): Promise<SpanningTree> {
  const { n } = cloud;
  const from = new Int32Array(n - 1);
  const to = new Int32Array(n - 1);
  const weights = new Float64Array(n - 1);
  const rest = Int32Array.from({ length: n - 1 }, (_, i) => i + 1);
  const keys = new Float64Array(n).fill(Infinity);
  const hangsOn = new Int32Array(n);
  const floors = cores.map((core) => core * core);
  for (let edge = 0, last = 0, left = n - 1, looked = 0; edge < n - 1; edge++) {
    let nearest = 0;
    for (let r = 0; r < left; r++) {
      const j = rest[r]!;
      const floor = Math.max(floors[last]!, floors[j]!);
      if (keys[j]! > floor) {
        const reach = Math.max(floor, squareUpTo(cloud, last, cloud, j, keys[j]!));
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

/**
 * Returns a nearly minimal spanning tree in nearly linear time: the shortest edges of the graph under mutual
 * reachability and of pairs of equal points (Kruskal), and between the remaining components the exact tree of
 * their densest points. If there are more than `mostParts` components, they stay apart at infinite weight.
 */
export async function graphSpanningTree(
  cloud: Points,
  { n, k, indices, distances }: NeighborGraph,
  cores: Float64Array,
  mostParts: number,
  signal?: AbortSignal,
): Promise<SpanningTree> {
  const equal = equalPairs(cloud);
  const count = n * k + equal.from.length;
  const from = Int32Array.from({ length: count }, (_, e) =>
    e < n * k ? Math.floor(e / k) : equal.from[e - n * k]!,
  );
  const to = Int32Array.from({ length: count }, (_, e) => (e < n * k ? indices[e]! : equal.to[e - n * k]!));
  const all = Float64Array.from(from, (i, e) => Math.max(distances[e] ?? 0, cores[i]!, cores[to[e]!]!));
  const order = Uint32Array.from(all, (_, e) => e).sort((a, b) => all[a]! - all[b]! || a - b);
  const tree = { from: new Int32Array(n - 1), to: new Int32Array(n - 1), weights: new Float64Array(n - 1) };
  const sets = new DisjointSets(n);
  let edges = 0;
  const add = (i: number, j: number, weight: number): void => {
    if (sets.join(i, j)) [tree.from[edges], tree.to[edges], tree.weights[edges++]] = [i, j, weight];
  };
  for (const e of order) add(from[e]!, to[e]!, all[e]!);
  if (edges < n - 1) {
    const dense = densest(sets, cores);
    const { length } = dense;
    const joined =
      length <= mostParts
        ? await exactSpanningTree(
            pointsAt(cloud, dense),
            Float64Array.from(dense, (point) => cores[point]!),
            signal,
          )
        : undefined;
    for (let part = 1; part < length; part++) {
      const [a, b, weight] =
        joined === undefined
          ? [0, part, Infinity]
          : [joined.from[part - 1]!, joined.to[part - 1]!, joined.weights[part - 1]!];
      add(dense[a]!, dense[b]!, weight);
    }
  }
  return lightestFirst(tree);
}

/** Returns the point with the smallest core distance of every set. */
function densest(sets: DisjointSets, cores: Float64Array): Int32Array {
  const best = new Map<number, number>();
  cores.forEach((core, i) => {
    const part = sets.find(i);
    const other = best.get(part);
    if (other === undefined || core < cores[other]!) best.set(part, i);
  });
  return Int32Array.from(best.values());
}

/**
 * Returns pairs that connect every group of equal points: each point with the previous point of the same
 * hash, if they are equal.
 */
function equalPairs({ data, n, d }: Points): { from: number[]; to: number[] } {
  const bits = new Uint32Array(data.buffer, data.byteOffset, data.length);
  const before = new Map<number, number>();
  const from: number[] = [];
  const to: number[] = [];
  for (let i = 0; i < n; i++) {
    let hash = 0x811c9dc5;
    for (let c = i * d; c < (i + 1) * d; c++) hash = Math.imul(hash ^ bits[c]!, 0x01000193);
    const other = before.get(hash);
    if (other === undefined) before.set(hash, i);
    else if (bits.subarray(i * d, (i + 1) * d).every((word, c) => word === bits[other * d + c])) {
      from.push(other);
      to.push(i);
    }
  }
  return { from, to };
}

/** Disjoint sets of the numbers below `size` (union-find with path halving). */
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

  /** Joins two sets under the root of the second. Returns false if they were one set already. */
  join(i: number, j: number): boolean {
    const [a, b] = [this.find(i), this.find(j)];
    this.parents[a] = b;
    return a !== b;
  }
}

function lightestFirst({ from, to, weights }: SpanningTree): SpanningTree {
  const order = Uint32Array.from(weights, (_, e) => e).sort((a, b) => weights[a]! - weights[b]! || a - b);
  return {
    from: Int32Array.from(order, (e) => from[e]!),
    to: Int32Array.from(order, (e) => to[e]!),
    weights: Float64Array.from(order, (e) => weights[e]!),
  };
}
