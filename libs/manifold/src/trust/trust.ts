import { cancelled, DomainError } from '@noema/kernel';
import { KernelMemory } from '@noema/simd';
import { runThreads, shared, threadsFor } from '@noema/threads';
import { checkNeighbors, type NeighborGraph, takeNearest } from '../neighbor-graph.js';
import { blockedPoints } from '../neighbors/blocked-points.js';
import { searchTools } from '../neighbors/exact-search.js';
import { points, type Points } from '../points.js';
import { THREAD } from '../thread-tasks.js';
import { rankTools } from './block-ranks.js';
import { runRankTask, type RankTask } from './rank-task.js';
import { estimateMean, drawSample } from './sample.js';

/**
 * Measures of how faithful the neighbours in a map are, each in [0, 1]. The total is the mean over the
 * points.
 */
export interface TrustReport {
  /** Number of neighbours compared; less than requested if the population is small. */
  readonly k: number;
  readonly trustworthiness: number;
  readonly continuity: number;
  /** Share of a point's k neighbours in the vectors that are also among its k neighbours in the map. */
  readonly overlap: number;
  /**
   * Half the width of the 95 % confidence intervals; 0 if every point was ranked. The overlap always covers
   * every point.
   */
  readonly interval: { readonly trustworthiness: number; readonly continuity: number };
  /** Points that were ranked, ascending: all, or a seeded sample; each against the whole population. */
  readonly queries: Int32Array;
  /** Values of every query [q], and the overlap of every point [n]. */
  readonly perPoint: {
    readonly trustworthiness: Float32Array;
    readonly continuity: Float32Array;
    readonly overlap: Float32Array;
  };
  /** The map's own neighbours, k of each point. */
  readonly mapNeighbors: NeighborGraph;
}

export interface TrustOptions {
  /** Number of neighbours. Default: 15; reduced to less than half of the population. */
  readonly k?: number;
  readonly threads?: number;
  /**
   * Largest population of which every point is ranked (default: 20,000), and number of seeded random points
   * to rank in a larger one (default: 2,000).
   */
  readonly exactUpTo?: number;
  readonly sampleSize?: number;
  readonly seed?: number;
  readonly signal?: AbortSignal;
}

/** Minimum number of points per thread. */
const POINTS_PER_THREAD = 2_500;

/**
 * Computes trustworthiness and continuity (Venna & Kaski 2001; equal to scikit-learn's) and neighbour overlap
 * of a map [n, 2 or 3] of vectors [n, d]. Throws `precondition` TOO_FEW_POINTS below 3 points, `invalid`
 * K_TOO_LARGE if the graph has fewer neighbours, `cancelled`.
 */
export async function trust(
  vectors: Points,
  neighbors: NeighborGraph,
  coordinates: Float32Array,
  options: TrustOptions = {},
): Promise<TrustReport> {
  const { n } = vectors;
  const { exactUpTo = 20_000, sampleSize = 2_000, seed = 42, signal } = options;
  if (n < 3)
    throw new DomainError(
      'precondition',
      'TOO_FEW_POINTS',
      `trust numbers compare neighbors and need 3 points or more; there are ${n}`,
    );
  const map = points(coordinates, coordinates.length / n);
  checkNeighbors(neighbors, n);
  const k = Math.min(options.k ?? 15, Math.ceil(n / 2) - 1);
  const nearest = takeNearest(neighbors, k);
  const queries = drawSample(n, n <= exactUpTo ? n : sampleSize, seed);
  const q = queries.length;
  const queryByPoint = new Int32Array(n).fill(-1);
  queries.forEach((point, query) => {
    queryByPoint[point] = query;
  });
  const parts = threadsFor(options.threads, Math.ceil(n / POINTS_PER_THREAD));
  const memory = new KernelMemory();
  const search = searchTools(memory, map, k, parts);
  const inMap = rankTools(memory, search[0]!.blocked, k, parts);
  const inVectors = rankTools(memory, blockedPoints(vectors, memory), k, parts);
  const whole = {
    k,
    map: parts > 1 ? inSharedMemory(map) : map,
    vectors: parts > 1 ? inSharedMemory(vectors) : vectors,
    isSample: q < n,
    queryByPoint: shared(queryByPoint),
    vectorNeighbors: shared(nearest.indices),
    reach: shared(Float64Array.from({ length: n }, (_, i) => nearest.distances[i * k + k - 1]! ** 2)),
    ranksInMap: shared(new Int32Array(q * k)),
    ranksInVectors: shared(new Int32Array(q * k)),
    overlap: shared(new Float64Array(n)),
    mapNeighbors: shared(new Int32Array(n * k)),
    mapDistances: shared(new Float32Array(n * k)),
  };
  await rankRows(
    Array.from(
      { length: parts },
      (_, t): RankTask => ({
        ...whole,
        from: Math.floor((n * t) / parts),
        to: Math.floor((n * (t + 1)) / parts),
        search: search[t]!,
        inMap: inMap[t]!,
        inVectors: inVectors[t]!,
      }),
    ),
    signal,
  );
  const trustworthiness = agreement(whole.ranksInVectors, n, k);
  const continuity = agreement(whole.ranksInMap, n, k);
  // If all points are ranked, ties are ordered by index; otherwise a tie counts as near.
  const overlap = q === n ? shareWithin(whole.ranksInVectors, k) : whole.overlap;
  const [first, second] = [estimateMean(trustworthiness, n), estimateMean(continuity, n)];
  return {
    k,
    trustworthiness: first.mean,
    continuity: second.mean,
    overlap: estimateMean(overlap, n).mean,
    interval: { trustworthiness: first.halfWidth, continuity: second.halfWidth },
    queries,
    perPoint: {
      trustworthiness: Float32Array.from(trustworthiness),
      continuity: Float32Array.from(continuity),
      overlap: Float32Array.from(overlap),
    },
    mapNeighbors: {
      n,
      k,
      indices: Int32Array.from(whole.mapNeighbors),
      distances: Float32Array.from(whole.mapDistances),
    },
  };
}

function inSharedMemory({ data, n, d }: Points): Points {
  return { data: shared(data), n, d };
}

async function rankRows(tasks: readonly RankTask[], signal: AbortSignal | undefined): Promise<void> {
  if (signal?.aborted) throw cancelled('measuring the trust of the map');
  if (tasks.length === 1) runRankTask(tasks[0]!);
  else await runThreads({ script: THREAD, name: 'ranks', tasks, signal });
}

/** Returns 1 − 2/(k(2n − 3k − 1)) · Σ max(0, rank − k) of each row. */
function agreement(ranks: Int32Array, n: number, k: number): Float64Array {
  const worth = 2 / (k * (2 * n - 3 * k - 1));
  return Float64Array.from({ length: ranks.length / k }, (_, row) => {
    let penalty = 0;
    for (let e = row * k; e < (row + 1) * k; e++) penalty += Math.max(0, ranks[e]! - k);
    return 1 - worth * penalty;
  });
}

function shareWithin(ranks: Int32Array, k: number): Float64Array {
  return Float64Array.from({ length: ranks.length / k }, (_, row) => {
    let count = 0;
    for (let e = row * k; e < (row + 1) * k; e++) if (ranks[e]! <= k) count++;
    return count / k;
  });
}
