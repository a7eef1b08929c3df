import { KernelMemory } from '@noema/simd';
import { shared, threadsFor } from '@noema/threads';
import { checkCount } from '../count-limits.js';
import { runLockstep } from '../lockstep.js';
import type { NeighborGraph } from '../neighbor-graph.js';
import { type Points, unitLength } from '../points.js';
import { type Estimate, estimateMean } from '../trust/sample.js';
import { descentTask } from './descent-task.js';
import { searchTools } from './exact-search.js';
import type { NeighborTask } from './neighbor-task.js';
import { exactIsCheap } from './search-cost.js';

/**
 * Neighbours and their recall, measured on a seeded sample of points with its 95 % interval; 1 ± 0 for an
 * exact search.
 */
export interface NeighborResult {
  readonly graph: NeighborGraph;
  readonly exact: boolean;
  readonly recall: Estimate;
}

export interface NeighborOptions {
  /** `euclidean` (default), or `cosine`: distances are 1 − cos, in the order of the angle. */
  readonly metric?: 'euclidean' | 'cosine';
  /**
   * Largest population for an exact search. Default: 20,000, and above that if an exact search costs at most
   * twice as much as NN-descent.
   */
  readonly exactUpTo?: number;
  /**
   * Random trees at the start, default 8; maximum number of iterations, default 12; points for measuring the
   * recall, default 200.
   */
  readonly trees?: number;
  readonly iterations?: number;
  readonly recallQueries?: number;
  /** Memory of NN-descent in bytes, default and maximum 4 GiB; see `descentTask`. */
  readonly memoryBytes?: number;
  readonly seed?: number;
  /** Number of worker threads. The graph has the same bits for any number. */
  readonly threads?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

/** Number of points up to which the search is exact, without estimating the cost. */
const EXACT_UP_TO = 20_000;
/** Minimum number of points per thread. */
const POINTS_PER_THREAD = 2_000;

/**
 * Returns the k nearest neighbours of every point, without itself, computed in worker threads: exactly, ties
 * by index, and in populations above `exactUpTo` by NN-descent (Dong, Moses & Li 2011) with measured recall.
 * Memory: 8·d or 8·d + 29·k + 4·trees bytes per point. Throws `invalid` K_TOO_LARGE or POINT_ZERO (cosine),
 * `precondition` KERNEL_MEMORY, `cancelled`.
 */
export async function nearestNeighbors(
  given: Points,
  k: number,
  options: NeighborOptions = {},
): Promise<NeighborResult> {
  const { n, d } = given;
  const { metric = 'euclidean', exactUpTo, seed = 42, iterations = 12, onProgress, signal } = options;
  checkCount(k, 'neighbors', n, n - 1);
  const { data } = metric === 'cosine' ? unitLength(given) : given;
  const threads = threadsFor(options.threads, Math.ceil(n / POINTS_PER_THREAD));
  const cloud = { data: shared(data), n, d };
  const exact = n <= (exactUpTo ?? EXACT_UP_TO) || (exactUpTo === undefined && exactIsCheap(cloud, k, seed));
  const tools = exact ? searchTools(new KernelMemory(), cloud, k, threads) : undefined;
  const descent = exact ? undefined : descentTask(cloud, k, { ...options, iterations, seed, threads });
  const task: NeighborTask = {
    cloud,
    k,
    seed,
    indices: shared(new Int32Array(n * k)),
    distances: shared(new Float32Array(n * k)),
    ...(tools && { tools }),
    ...(descent && { descent }),
  };
  const steps = exact ? 100 : iterations + 3;
  await runLockstep({
    name: 'neighbors',
    task,
    points: n,
    threads,
    snapshotEvery: 0,
    signal,
    onStep: (step) => {
      onProgress?.(step, steps);
    },
  });
  onProgress?.(steps, steps);
  const distances = Float32Array.from(
    task.distances,
    metric === 'cosine' ? (distance) => (distance * distance) / 2 : undefined,
  );
  const recall =
    descent === undefined
      ? { mean: 1, halfWidth: 0 }
      : estimateMean(
          Float64Array.from(descent.hits, (hits) => hits / k),
          n,
        );
  return { graph: { n, k, indices: Int32Array.from(task.indices), distances }, exact, recall };
}
