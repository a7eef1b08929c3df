import { DomainError } from '@noema/kernel';
import { runLockstep } from '../lockstep.js';
import { points, type Points } from '../points.js';
import { shared } from '../thread-group.js';
import { fitCurve } from './curve.js';
import { placeNewcomers, type PlacingTask } from './newcomer.js';

/** New points [m] in a stored map: coordinates [m, dims] float32, and their nearest stored points [m, k] with Euclidean distances. */
export interface PlacedPoints {
  readonly coordinates: Float32Array;
  readonly k: number;
  readonly neighbors: Int32Array;
  readonly distances: Float32Array;
}

export interface TransformOptions {
  /** As the map was made with; defaults as there. */
  readonly neighbors?: number;
  readonly minDist?: number;
  readonly spread?: number;
  readonly negatives?: number;
  readonly seed?: number;
  /** Steps of every point; default 100 up to 10,000 new points and 30 beyond. 0 leaves them at the mean of their neighbours. */
  readonly epochs?: number;
  readonly threads?: number;
  readonly onProgress?: (done: number, total: number) => void;
  readonly signal?: AbortSignal;
}

const THREADED_FROM = 200;
/** New points move by a quarter of the rate of a layout, as in umap-learn. */
const LEARNING_RATE = 0.25;

/**
 * Places new vectors [m, d] in the stored UMAP map [n, dims] of stored vectors [n, d] (McInnes, Healy & Melville 2018; umap-learn's `transform`); the map stays as
 * it is, and each place depends on its vector and the seed alone. Throws `invalid` TRANSFORM_SHAPE, POINT_NOT_FINITE, UMAP_NEIGHBORS, `cancelled`.
 */
export async function transform(stored: Points, map: Float32Array, fresh: Points, options: TransformOptions = {}): Promise<PlacedPoints> {
  const { n } = stored, { threads, onProgress, signal } = options;
  if (fresh.d !== stored.d) throw new DomainError('invalid', 'TRANSFORM_SHAPE', `new points of ${fresh.d} dimensions cannot be placed among stored ones of ${stored.d}; project them by the same basis`);
  if (map.length !== 2 * n && map.length !== 3 * n) throw new DomainError('invalid', 'TRANSFORM_SHAPE', `${map.length} coordinates are no map of ${n} points in 2 or 3 dimensions`);
  const k = Math.min(options.neighbors ?? 15, n);
  if (k < 1 || !Number.isInteger(k)) throw new DomainError('invalid', 'UMAP_NEIGHBORS', `${options.neighbors} neighbours are too few; ask for 1 or more`);
  const placed = points(map, map.length / n), inline = fresh.n < THREADED_FROM;
  const keep = <T extends Float32Array | Int32Array>(array: T): T => (inline ? array : shared(array));
  const task: PlacingTask = {
    stored: { ...stored, data: keep(stored.data) }, map: { ...placed, data: keep(placed.data) }, fresh: { ...fresh, data: keep(fresh.data) }, k,
    epochs: options.epochs ?? (fresh.n > 10_000 ? 30 : 100), negatives: options.negatives ?? 5, learningRate: LEARNING_RATE,
    curve: fitCurve(options.spread ?? 1, options.minDist ?? 0.1), seed: options.seed ?? 42,
    coordinates: keep(new Float32Array(fresh.n * placed.d)), neighbors: keep(new Int32Array(fresh.n * k)), distances: keep(new Float32Array(fresh.n * k)),
  };
  if (inline) placeNewcomers(task, 0, fresh.n);
  else {
    await runLockstep({
      entry: new URL('./newcomer.worker.js', import.meta.url), task, points: fresh.n, threads, snapshotEvery: 0, signal,
      onStep: (step) => { onProgress?.(step, 100); },
    });
  }
  return { coordinates: Float32Array.from(task.coordinates), k, neighbors: Int32Array.from(task.neighbors), distances: Float32Array.from(task.distances) };
}
