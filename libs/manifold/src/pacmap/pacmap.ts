import { DomainError } from '@noema/kernel';
import { KernelMemory } from '@noema/simd';
import type { LayoutOptions } from '../layout.options.js';
import { runLockstep } from '../lockstep.js';
import { checkNeighbors, type NeighborGraph, takeNearest } from '../neighbor-graph.js';
import type { Points } from '../points.js';
import { checkInit, startingCoordinates } from '../starting-coordinates.js';
import type { PacmapTask } from './layout.task.js';
import { pairCounts, samplePairs } from './pairs.js';
import { bothEnds } from './partners.js';
import type { Phases } from './weights.js';

export interface PacmapOptions extends LayoutOptions {
  /** Number of near pairs per point. Default: 10, as in the authors' package. */
  readonly neighbors?: number;
  /** Number of mid-near and further pairs, as a multiple of near pairs. Defaults: 0.5 and 2. */
  readonly midRatio?: number;
  readonly farRatio?: number;
  /**
   * Total number of steps. Default: 450, of which 100 arrange the global structure and 100 both; 250 from
   * given coordinates, all local.
   */
  readonly steps?: number;
  /**
   * Learning rate. Default: 1, as in the authors' package; 0.1 from given coordinates, which Adam's first
   * steps would otherwise blur.
   */
  readonly learningRate?: number;
}

/** Number of neighbours beyond the near pairs from which these are chosen by scaled distance. */
export const PACMAP_EXTRA = 50;

const WARM_RATE = 0.1;

/** Default number of near pairs per point. */
export const PACMAP_NEIGHBORS = 10;

/** Returns the paper's number of near pairs per point for n points. */
export function pacmapNeighbors(n: number): number {
  return n <= 10_000 ? 10 : Math.round(10 + 15 * (Math.log10(n) - 4));
}

/**
 * Computes a map [n, dims] float32 by PaCMAP (Wang, Huang, Rudin & Shaposhnik 2021); seeded and parallel.
 * Near pairs are chosen from the neighbours in the graph, at most 50 more than there are near pairs. Throws
 * `invalid` for a graph or coordinates that do not match, `cancelled`.
 */
export async function pacmap(
  cloud: Points,
  neighbors: NeighborGraph | undefined,
  options: PacmapOptions = {},
): Promise<Float32Array> {
  const { n } = cloud;
  const { dims = 2, seed = 42, init, snapshotEvery = 0, onStep, signal, threads } = options;
  if (n === 1) return new Float32Array(dims);
  if (neighbors === undefined)
    throw new DomainError(
      'invalid',
      'NEIGHBORS_MISSING',
      `PaCMAP of ${n} points needs their neighbors; build the graph first`,
    );
  checkNeighbors(neighbors, n);
  if (init !== undefined) checkInit(init, n, dims);
  const near = Math.min(options.neighbors ?? PACMAP_NEIGHBORS, neighbors.k);
  if (near < 1)
    throw new DomainError(
      'invalid',
      'PACMAP_NEIGHBORS',
      `${options.neighbors} neighbors are too few; ask for 1 or more`,
    );
  const counts = pairCounts(n, near, options.midRatio ?? 0.5, options.farRatio ?? 2);
  const pairs = samplePairs(
    cloud,
    takeNearest(neighbors, Math.min(neighbors.k, counts.near + PACMAP_EXTRA)),
    counts,
    seed,
  );
  const initial = init ?? startingCoordinates(cloud, dims, 0.01, seed);
  const phases = planPhases(options.steps, init !== undefined);
  const memory = new KernelMemory();
  const even = memory.floats(initial);
  const odd = memory.floats(initial);
  const gradient = memory.floats(initial.length);
  const [nearEnds, midEnds, farEnds] = [pairs.near, pairs.mid, pairs.far].map((of) =>
    bothEnds(memory, of, n, dims),
  );
  const task: PacmapTask = {
    memory: memory.shared,
    pairs: { near: nearEnds!, mid: midEnds!, far: farEnds! },
    dims,
    phases,
    learningRate: options.learningRate ?? (init === undefined ? 1 : WARM_RATE),
    even,
    odd,
    gradient,
  };
  const steps = phases.global + phases.middle + phases.local;
  await runLockstep({
    name: 'pacmap',
    task,
    points: n,
    threads,
    snapshotEvery,
    signal,
    onStep: (step, coordinates) => onStep?.(step, steps, coordinates),
  });
  return Float32Array.from(steps % 2 === 0 ? task.even : task.odd);
}

/** Assigns two ninths of the steps to each of the first two phases, such as 100, 100 and 250 of 450. */
function planPhases(steps: number | undefined, warm: boolean): Phases {
  if (warm) return { global: 0, middle: 0, local: steps ?? 250 };
  const early = Math.round(((steps ?? 450) * 2) / 9);
  return { global: early, middle: early, local: (steps ?? 450) - 2 * early };
}
