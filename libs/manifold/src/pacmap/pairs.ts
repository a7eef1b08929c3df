import { seededRandom } from '@noema/kernel';
import type { NeighborGraph } from '../neighbor-graph.js';
import type { Points } from '../points.js';

/** Partners of every point, int32 row-major: [n, near], [n, mid], [n, far]. */
export interface Pairs {
  readonly near: Int32Array;
  readonly mid: Int32Array;
  readonly far: Int32Array;
}

/** How many pairs of each kind a point gets. */
export interface PairCounts {
  readonly near: number;
  readonly mid: number;
  readonly far: number;
}

/** Of so many random points the second nearest is the mid-near partner. */
const DRAWN = 6;

/** Numbers of pairs of n points; in populations that are too small for as many, all are reduced in proportion, as in the authors' package. */
export function pairCounts(n: number, near: number, midRatio: number, farRatio: number): PairCounts {
  const counts = { near: Math.min(near, n - 1), mid: Math.min(Math.round(near * midRatio), n - 1), far: Math.min(Math.round(near * farRatio), n - 1) };
  if (counts.near + counts.mid + counts.far < n) return counts;
  const fewer = Math.max(1, Math.floor(n / (1 + counts.mid / counts.near + counts.far / counts.near)));
  return { near: fewer, mid: Math.floor((fewer * counts.mid) / counts.near), far: Math.min(Math.floor((fewer * counts.far) / counts.near), n - 1 - fewer) };
}

/** The neighbours that are nearest by d² / (σᵢσⱼ), σ the mean distance to the 4th to 6th neighbour, nearest first (Wang et al. 2021, section 5). */
export function nearPairs({ n, k, indices, distances }: NeighborGraph, count: number): Int32Array {
  const scale = new Float64Array(n), first = Math.min(3, k - 1), last = Math.min(6, k);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let e = first; e < last; e++) sum += distances[i * k + e]!;
    scale[i] = Math.max(sum / (last - first), 1e-10);
  }
  const near = new Int32Array(n * count), order = Array.from({ length: k }, (_, e) => e), scaled = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    for (let e = 0; e < k; e++) scaled[e] = distances[i * k + e]! ** 2 / (scale[i]! * scale[indices[i * k + e]!]!);
    order.sort((a, b) => scaled[a]! - scaled[b]! || a - b);
    for (let c = 0; c < count; c++) near[i * count + c] = indices[i * k + order[c]!]!;
  }
  return near;
}

/** Near, mid-near and further pairs of points in `cloud`; each point draws from a generator of (seed, point). */
export function pairsOf(cloud: Points, graph: NeighborGraph, counts: PairCounts, seed: number): Pairs {
  const { n } = cloud;
  const near = nearPairs(graph, counts.near), mid = new Int32Array(n * counts.mid), far = new Int32Array(n * counts.far);
  const drawn = new Int32Array(Math.min(DRAWN, n - 1));
  for (let i = 0; i < n; i++) {
    const random = seededRandom(seed, 3, i);
    const ownMid = mid.subarray(i * counts.mid, (i + 1) * counts.mid);
    for (let c = 0; c < counts.mid; c++) {
      // In a small population points that are not partners yet would run out.
      draw(drawn, random, n, i, n > DRAWN + counts.mid ? ownMid.subarray(0, c) : ownMid.subarray(0, 0));
      ownMid[c] = secondNearest(cloud, i, drawn);
    }
    draw(far.subarray(i * counts.far, (i + 1) * counts.far), random, n, i, near.subarray(i * counts.near, (i + 1) * counts.near));
  }
  return { near, mid, far };
}

/** Fills `into` with different random points that are neither `self` nor refused. */
function draw(into: Int32Array, random: () => number, n: number, self: number, refused: Int32Array): void {
  for (let c = 0; c < into.length;) {
    const j = Math.floor(random() * n);
    if (j === self || into.subarray(0, c).includes(j) || refused.includes(j)) continue;
    into[c++] = j;
  }
}

function secondNearest({ data, d }: Points, i: number, candidates: Int32Array): number {
  let best = Infinity, second = Infinity, nearest = candidates[0]!, picked = candidates[0]!;
  for (const j of candidates) {
    let sum = 0;
    for (let c = 0; c < d; c++) sum += (data[i * d + c]! - data[j * d + c]!) ** 2;
    if (sum < best) {
      [second, picked] = [best, nearest];
      [best, nearest] = [sum, j];
    } else if (sum < second) [second, picked] = [sum, j];
  }
  return picked;
}
