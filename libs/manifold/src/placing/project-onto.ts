import { cancelled, DomainError } from '@noema/kernel';
import { KernelMemory } from '@noema/simd';
import { shared } from '@noema/threads';
import { lockstepThreads, runLockstep } from '../lockstep.js';
import { searchTools } from '../neighbors/exact-search.js';
import { points, type Points } from '../points.js';
import { NewPoints } from './place-new-points.js';
import { PLACING_STEPS } from './placing-steps.js';
import type { Move, PlacingTask } from './placing-task.js';

/**
 * New points [m] in a stored map: coordinates [m, dims] float32, and their nearest stored points [m, k],
 * nearest first, with Euclidean distances.
 */
export interface PlacedPoints {
  readonly coordinates: Float32Array;
  readonly k: number;
  readonly neighbors: Int32Array;
  readonly distances: Float32Array;
}

/** A stored map [n, dims] of stored vectors [n, d], and new vectors [m, d] to project into it. */
export interface PlacingInput {
  readonly stored: Points;
  readonly map: Float32Array;
  readonly fresh: Points;
}

export interface PlacingOptions {
  readonly seed?: number;
  /** Number of worker threads. The positions have the same bits for any number. */
  readonly threads?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const THREADED_FROM = 200;
/** Minimum number of stored neighbours to find, so that their preservation can be measured. */
export const MIN_NEIGHBORS = 15;

/**
 * Computes coordinates of new points by `move`, from at least `k` stored neighbours; `given` [m, dims] are
 * used unchanged. Throws `invalid` TRANSFORM_SHAPE, `cancelled`.
 */
export async function projectOnto(
  { stored, map, fresh }: PlacingInput,
  k: number,
  move: Move,
  options: PlacingOptions & { readonly given?: Float32Array } = {},
): Promise<PlacedPoints> {
  const { n } = stored;
  const { threads, onProgress, signal, given } = options;
  if (fresh.d !== stored.d)
    throw new DomainError(
      'invalid',
      'TRANSFORM_SHAPE',
      `new points of ${fresh.d} dimensions cannot be placed among stored ones of ${stored.d}; project ` +
        'them by the same basis',
    );
  if (map.length !== 2 * n && map.length !== 3 * n)
    throw new DomainError(
      'invalid',
      'TRANSFORM_SHAPE',
      `${map.length} coordinates are no map of ${n} points in 2 or 3 dimensions`,
    );
  const found = Math.min(Math.max(k, MIN_NEIGHBORS), n);
  const placed = points(map, map.length / n);
  const inline = fresh.n < THREADED_FROM;
  const keep = <T extends Float32Array | Int32Array>(array: T): T => (inline ? array : shared(array));
  const task: PlacingTask = {
    stored: { ...stored, data: keep(stored.data) },
    map: { ...placed, data: keep(placed.data) },
    fresh: { ...fresh, data: keep(fresh.data) },
    k: found,
    move,
    ...(!inline && {
      tools: searchTools(new KernelMemory(), stored, found, lockstepThreads(threads, fresh.n)),
    }),
    coordinates: keep(given?.slice() ?? new Float32Array(fresh.n * placed.d)),
    neighbors: keep(new Int32Array(fresh.n * found)),
    distances: keep(new Float32Array(fresh.n * found)),
  };
  if (signal?.aborted) throw cancelled('the placing of new points');
  if (inline) new NewPoints(task).run(0, fresh.n);
  else {
    await runLockstep({
      name: 'places',
      task,
      points: fresh.n,
      threads,
      snapshotEvery: 0,
      signal,
      onStep: (step) => {
        onProgress?.(step, PLACING_STEPS);
      },
    });
  }
  return {
    coordinates: Float32Array.from(task.coordinates),
    k: found,
    neighbors: Int32Array.from(task.neighbors),
    distances: Float32Array.from(task.distances),
  };
}
