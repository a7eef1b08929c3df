import { DomainError } from '@noema/kernel';
import type { LayoutOptions } from '../layout.options.js';
import { checkNeighbors, type NeighborGraph, takeNearest } from '../neighbor-graph.js';
import type { Points } from '../points.js';
import { checkInit } from '../starting-coordinates.js';
import { fitCurve } from './curve.js';
import { type FirstPlaces, firstPlaces } from './first-places.js';
import { fuzzySet } from './fuzzy-set.js';
import { computeLayout } from './layout.js';
import type { Hold } from './layout-task.js';

export interface UmapOptions extends LayoutOptions {
  /**
   * Number of neighbours that a point is compared with, including itself, as in umap-learn. Default: 15,
   * which means 14 others; fewer if the graph has fewer.
   */
  readonly neighbors?: number;
  readonly minDist?: number;
  readonly spread?: number;
  /** Number of epochs. Default: 500 for up to 10,000 points, 400 above; 200 from given coordinates. */
  readonly epochs?: number;
  /** Start without given coordinates. Default: the principal components. */
  readonly first?: FirstPlaces;
  /** Soft anchors: keeps points near their positions by the penalty weight · |y − anchor|² / 2. */
  readonly hold?: Hold;
  readonly negatives?: number;
  readonly learningRate?: number;
}

/**
 * Computes a map [n, dims] float32 by UMAP (McInnes, Healy & Melville 2018) from the points' neighbours.
 * Seeded and parallel. Throws `invalid` for a graph or initial coordinates that do not match the points,
 * `cancelled` when the signal aborts.
 */
export async function umap(
  cloud: Points,
  neighbors: NeighborGraph | undefined,
  options: UmapOptions = {},
): Promise<Float32Array> {
  const { dims = 2, seed = 42, init, snapshotEvery = 0, onStep, signal, threads } = options;
  if (cloud.n === 1) return new Float32Array(dims);
  if (neighbors === undefined)
    throw new DomainError(
      'invalid',
      'NEIGHBORS_MISSING',
      `UMAP of ${cloud.n} points needs their neighbors; build the graph first`,
    );
  checkNeighbors(neighbors, cloud.n);
  if (init !== undefined) checkInit(init, cloud.n, dims);
  if (options.hold !== undefined && options.hold.places.length !== cloud.n * dims)
    throw new DomainError(
      'invalid',
      'HOLD_SHAPE',
      `${options.hold.places.length} coordinates to hold points at do not fit ${cloud.n} points of ` +
        `${dims} dimensions`,
    );
  const k = Math.min((options.neighbors ?? 15) - 1, neighbors.k, cloud.n - 1);
  if (k < 1)
    throw new DomainError(
      'invalid',
      'UMAP_NEIGHBORS',
      `${options.neighbors} neighbors are too few; ask for 2 or more`,
    );
  const epochs = options.epochs ?? (init !== undefined ? 200 : cloud.n > 10_000 ? 400 : 500);
  const graph = fuzzySet(takeNearest(neighbors, k));
  return computeLayout(graph, init ?? firstPlaces(options.first ?? 'pca', cloud, graph, dims, seed), {
    dims,
    epochs,
    seed,
    negatives: options.negatives ?? 5,
    learningRate: options.learningRate ?? 1,
    curve: fitCurve(options.spread ?? 1, options.minDist ?? 0.1),
    hold: options.hold,
    threads,
    snapshotEvery,
    onStep,
    signal,
  });
}
