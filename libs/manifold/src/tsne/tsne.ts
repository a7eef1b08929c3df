import { DomainError } from '@noema/kernel';
import { shared } from '@noema/threads';
import type { LayoutOptions } from '../layout.options.js';
import { runLockstep } from '../lockstep.js';
import { checkNeighbors, type NeighborGraph, takeNearest } from '../neighbor-graph.js';
import type { Points } from '../points.js';
import { checkInit, startingCoordinates } from '../starting-coordinates.js';
import { affinities } from './affinities.js';
import { gridMemory } from './grid-memory.js';
import type { TsnePhase, TsneTask } from './layout.task.js';

export interface TsneOptions extends LayoutOptions {
  /**
   * Effective number of neighbours, 2 to the power of the entropy. Default: 30; at most a third of the
   * neighbours in the graph.
   */
  readonly perplexity?: number;
  /** Factor on attraction in the first third of the steps. Default: 12. */
  readonly exaggeration?: number;
  /**
   * Total number of steps. Default: 750, a third of them exaggerated; 250 from given coordinates, without
   * exaggeration.
   */
  readonly steps?: number;
  /**
   * Learning rate. Default: n / exaggeration (Belkina et al. 2019), including the factor 4 of the gradient.
   */
  readonly learningRate?: number;
}

/** Number of neighbours per unit of perplexity. */
export const NEIGHBORS_PER_PERPLEXITY = 3;

/**
 * Computes a map [n, dims] float32 by t-SNE (van der Maaten & Hinton 2008), by default from the principal
 * components (Kobak & Berens 2019). Repulsion uses interpolation on a grid in the plane (FIt-SNE) and a tree
 * in space. Seeded and parallel. Throws `invalid` for a graph or coordinates that do not match, `cancelled`.
 */
export async function tsne(
  cloud: Points,
  neighbors: NeighborGraph | undefined,
  options: TsneOptions = {},
): Promise<Float32Array> {
  const { n } = cloud;
  const { dims = 2, seed = 42, init, snapshotEvery = 0, onStep, signal, threads } = options;
  if (n === 1) return new Float32Array(dims);
  if (neighbors === undefined)
    throw new DomainError(
      'invalid',
      'NEIGHBORS_MISSING',
      `t-SNE of ${n} points needs their neighbors; build the graph first`,
    );
  checkNeighbors(neighbors, n);
  if (init !== undefined) checkInit(init, n, dims);
  const asked = options.perplexity ?? 30;
  if (!(asked >= 1))
    throw new DomainError(
      'invalid',
      'TSNE_PERPLEXITY',
      `a perplexity of ${asked} is too low; ask for 1 or more`,
    );
  const k = Math.min(Math.ceil(asked * NEIGHBORS_PER_PERPLEXITY), neighbors.k);
  const p = affinities(takeNearest(neighbors, k), Math.min(asked, Math.max(1, k / NEIGHBORS_PER_PERPLEXITY)));
  const initial = Float64Array.from(init ?? startingCoordinates(cloud, dims, 5e-4, seed));
  const phases = planPhases(n, options);
  const task: TsneTask = {
    affinities: { n, indptr: shared(p.indptr), indices: shared(p.indices), weights: shared(p.weights) },
    dims,
    phases,
    even: shared(initial),
    odd: shared(initial),
    grid: dims === 2 ? gridMemory(n) : { atPoints: shared(new Float64Array(n)) },
  };
  const steps = phases.reduce((sum, phase) => sum + phase.steps, 0);
  await runLockstep({
    name: 'tsne',
    task,
    points: n,
    threads,
    snapshotEvery,
    signal,
    onStep: (step, coordinates) => onStep?.(step, steps, coordinates),
  });
  return centred(steps % 2 === 0 ? task.even : task.odd, dims);
}

function planPhases(n: number, { steps, init, exaggeration = 12, learningRate }: TsneOptions): TsnePhase[] {
  const rate = (factor: number): number => learningRate ?? Math.max(n / factor, MIN_RATE);
  if (init !== undefined) return [{ steps: steps ?? 250, exaggeration: 1, learningRate: rate(1) }];
  const early = Math.round((steps ?? 750) / 3);
  return [
    { steps: early, exaggeration, learningRate: rate(exaggeration) },
    { steps: (steps ?? 750) - early, exaggeration: 1, learningRate: rate(1) },
  ];
}

/** Learning rate of small populations. */
const MIN_RATE = 200;

function centred(coordinates: Float64Array, dims: number): Float32Array {
  const n = coordinates.length / dims;
  const mean = new Float64Array(dims);
  coordinates.forEach((value, e) => {
    mean[e % dims]! += value / n;
  });
  return Float32Array.from(coordinates, (value, e) => value - mean[e % dims]!);
}
