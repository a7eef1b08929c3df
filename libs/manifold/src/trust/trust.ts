import { cancelled, DomainError } from '@noema/kernel';
import { checkNeighbors, type NeighborGraph, nearestOf } from '../neighbor-graph.js';
import { points, type Points } from '../points.js';
import { runThreads, shared, threadsFor } from '../thread-group.js';
import type { DistanceBlocks } from './distance-blocks.js';
import { RankCounter } from './rank-counter.js';
import { runRankTask, type RankTask } from './rank-task.js';

/** How far a map may be trusted, each number in [0, 1]: for the whole and for every point [n] float32 (the whole is the mean of the points). */
export interface TrustReport {
  /** Neighbours that were compared; fewer than asked for when the population is small. */
  readonly k: number;
  readonly trustworthiness: number;
  readonly continuity: number;
  /** Share of a point's k neighbours in the vectors that are also among its k neighbours in the map. */
  readonly overlap: number;
  readonly perPoint: { readonly trustworthiness: Float32Array; readonly continuity: Float32Array; readonly overlap: Float32Array };
  /** The map's own neighbours, k of each point. */
  readonly mapNeighbors: NeighborGraph;
}

export interface TrustOptions {
  /** Default 15; reduced to less than half of the population. */
  readonly k?: number;
  readonly threads?: number;
  /** Distances of the vectors; without it they are computed in plain TypeScript in the worker threads. */
  readonly distances?: DistanceBlocks;
  readonly signal?: AbortSignal;
}

const BLOCK_VALUES = 4_000_000;
const THREADED_FROM = 1000;

/**
 * Trustworthiness and continuity (Venna & Kaski 2001; equal to scikit-learn's) and neighbour overlap of a map [n, 2 or 3] of vectors [n, d], exact.
 * Throws `precondition` TOO_FEW_POINTS below 3 points, `invalid` K_TOO_LARGE when the graph holds fewer neighbours, `cancelled`.
 */
export async function trust(vectors: Points, neighbors: NeighborGraph, coordinates: Float32Array, options: TrustOptions = {}): Promise<TrustReport> {
  const { n } = vectors;
  if (n < 3) throw new DomainError('precondition', 'TOO_FEW_POINTS', `trust numbers compare neighbours and need 3 points or more; there are ${n}`);
  const map = points(coordinates, coordinates.length / n);
  checkNeighbors(neighbors, n);
  const k = Math.min(options.k ?? 15, Math.ceil(n / 2) - 1);
  const vectorNeighbors = shared(nearestOf(neighbors, k).indices);
  const ranksInMap = shared(new Int32Array(n * k)), ranksInVectors = shared(new Int32Array(n * k));
  const mapNeighbors = shared(new Int32Array(n * k)), mapDistances = shared(new Float32Array(n * k));
  const whole: RankTask = {
    from: 0, to: n, k, map: inSharedMemory(map), vectorNeighbors, ranksInMap, mapNeighbors, mapDistances, ranksInVectors,
    ...(options.distances === undefined ? { vectors: inSharedMemory(vectors) } : {}),
  };
  await rankRows(whole, options);
  if (options.distances !== undefined) await rankBlocks(options.distances, whole, options.signal);
  const trustworthiness = agreement(ranksInVectors, n, k), continuity = agreement(ranksInMap, n, k);
  const overlap = shareOf(n, k, (e) => ranksInVectors[e]! <= k);
  return {
    k, trustworthiness: meanOf(trustworthiness), continuity: meanOf(continuity), overlap: meanOf(overlap),
    perPoint: { trustworthiness: Float32Array.from(trustworthiness), continuity: Float32Array.from(continuity), overlap: Float32Array.from(overlap) },
    mapNeighbors: { n, k, indices: Int32Array.from(mapNeighbors), distances: Float32Array.from(mapDistances) },
  };
}

function inSharedMemory({ data, n, d }: Points): Points {
  return { data: shared(data), n, d };
}

async function rankRows(whole: RankTask, { threads, signal }: TrustOptions): Promise<void> {
  const n = whole.to;
  if (n < THREADED_FROM) {
    runRankTask(whole);
    return;
  }
  const parts = threadsFor(threads, n);
  await runThreads({
    entry: new URL('./rank.worker.js', import.meta.url), signal,
    workerData: Array.from({ length: parts }, (_, t): RankTask => ({ ...whole, from: Math.floor((n * t) / parts), to: Math.floor((n * (t + 1)) / parts) })),
  });
}

async function rankBlocks(distances: DistanceBlocks, { to: n, k, mapNeighbors, ranksInVectors }: RankTask, signal?: AbortSignal): Promise<void> {
  const counter = new RankCounter(k), step = Math.max(1, Math.floor(BLOCK_VALUES / n));
  for (let from = 0; from < n; from += step) {
    if (signal?.aborted) throw cancelled('measuring the trust of the map');
    const to = Math.min(n, from + step), block = await distances.rows(from, to);
    if (block.length !== (to - from) * n) {
      throw new DomainError('internal', 'DISTANCE_BLOCK_SHAPE', `${block.length} distances were given for rows ${from} to ${to} of ${n} points`);
    }
    for (let i = from; i < to; i++) counter.rank(block, (i - from) * n, n, i, mapNeighbors, ranksInVectors);
  }
}

/** 1 − 2/(k(2n − 3k − 1)) · Σ max(0, rank − k) of each point. */
function agreement(ranks: Int32Array, n: number, k: number): Float64Array {
  const worth = 2 / (k * (2 * n - 3 * k - 1));
  const values = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let penalty = 0;
    for (let e = i * k; e < (i + 1) * k; e++) penalty += Math.max(0, ranks[e]! - k);
    values[i] = 1 - worth * penalty;
  }
  return values;
}

function shareOf(n: number, k: number, holds: (entry: number) => boolean): Float64Array {
  return Float64Array.from({ length: n }, (_, i) => {
    let count = 0;
    for (let e = i * k; e < (i + 1) * k; e++) if (holds(e)) count++;
    return count / k;
  });
}

function meanOf(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
