import { seededRandom } from '@noema/kernel';
import type { NeighborGraph } from '../neighbor-graph.js';
import { squareUpTo } from '../neighbors/exact-row.js';
import type { Points } from '../points.js';
import { PartnerDraw } from './partner-draw.js';

/** Partners of every point, int32 row-major: [n, near], [n, mid], [n, far]. */
export interface Pairs {
  readonly near: Int32Array;
  readonly mid: Int32Array;
  readonly far: Int32Array;
}

/** Number of pairs of each kind per point. */
export interface PairCounts {
  readonly near: number;
  readonly mid: number;
  readonly far: number;
}

/** The mid-near partner is the second nearest of this many random points. */
const DRAWN = 6;

/**
 * Returns the numbers of pairs for n points. In a population too small for them, all are reduced in
 * proportion, as in the authors' package.
 */
export function pairCounts(n: number, near: number, midRatio: number, farRatio: number): PairCounts {
  const counts = {
    near: Math.min(near, n - 1),
    mid: Math.min(Math.round(near * midRatio), n - 1),
    far: Math.min(Math.round(near * farRatio), n - 1),
  };
  if (counts.near + counts.mid + counts.far < n) return counts;
  const fewer = Math.max(1, Math.floor(n / (1 + counts.mid / counts.near + counts.far / counts.near)));
  return {
    near: fewer,
    mid: Math.floor((fewer * counts.mid) / counts.near),
    far: Math.min(Math.floor((fewer * counts.far) / counts.near), n - 1 - fewer),
  };
}

/**
 * Returns the neighbours that are nearest by d² / (σᵢσⱼ), where σ is the mean distance to the 4th to 6th
 * neighbour, nearest first (Wang et al. 2021, section 5).
 */
export function nearPairs({ n, k, indices, distances }: NeighborGraph, count: number): Int32Array {
  const scale = new Float64Array(n);
  const first = Math.min(3, k - 1);
  const last = Math.min(6, k);
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let e = first; e < last; e++) sum += distances[i * k + e]!;
    scale[i] = Math.max(sum / (last - first), 1e-10);
  }
  const near = new Int32Array(n * count);
  const scaled = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    scaled.fill(Infinity);
    for (let e = i * k; e < (i + 1) * k; e++) {
      const j = indices[e]!;
      const value = distances[e]! ** 2 / (scale[i]! * scale[j]!);
      if (value >= scaled[count - 1]!) continue;
      let at = count - 1;
      for (; at > 0 && scaled[at - 1]! > value; at--) {
        scaled[at] = scaled[at - 1]!;
        near[i * count + at] = near[i * count + at - 1]!;
      }
      scaled[at] = value;
      near[i * count + at] = j;
    }
  }
  return near;
}

/**
 * Returns near, mid-near and further pairs of the points in `cloud`. Each point uses a generator of (seed,
 * point).
 */
export function samplePairs(cloud: Points, graph: NeighborGraph, counts: PairCounts, seed: number): Pairs {
  const { n } = cloud;
  const near = nearPairs(graph, counts.near);
  const mid = new Int32Array(n * counts.mid);
  const far = new Int32Array(n * counts.far);
  const drawn = new Int32Array(Math.min(DRAWN, n - 1));
  const draw = new PartnerDraw(n);
  // In a small population, there may be too few points that are not partners yet.
  const different = n > DRAWN + counts.mid;
  for (let i = 0; i < n; i++) {
    const random = seededRandom(seed, 3, i);
    for (let first = i * counts.mid, e = first; e < first + counts.mid; e++) {
      draw.begin(i);
      for (let other = first; different && other < e; other++) draw.refuse(mid[other]!);
      for (let c = 0; c < drawn.length; c++) drawn[c] = draw.next(random);
      mid[e] = secondNearest(cloud, i, drawn);
    }
    draw.begin(i);
    for (let e = i * counts.near; e < (i + 1) * counts.near; e++) draw.refuse(near[e]!);
    for (let e = i * counts.far; e < (i + 1) * counts.far; e++) far[e] = draw.next(random);
  }
  return { near, mid, far };
}

function secondNearest(cloud: Points, i: number, candidates: Int32Array): number {
  let best = Infinity;
  let second = Infinity;
  let nearest = candidates[0]!;
  let picked = candidates[0]!;
  for (const j of candidates) {
    const square = squareUpTo(cloud, i, cloud, j, second);
    if (square < best) {
      second = best;
      picked = nearest;
      best = square;
      nearest = j;
    } else if (square < second) {
      second = square;
      picked = j;
    }
  }
  return picked;
}
