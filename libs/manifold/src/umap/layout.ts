import type { LayoutOptions } from '../layout.options.js';
import { runLockstep } from '../lockstep.js';
import { shared } from '../thread-group.js';
import type { SimilarityCurve } from './curve.js';
import { type FuzzySet, withoutFaintEdges } from './fuzzy-set.js';
import type { Hold, LayoutTask } from './layout-task.js';

interface LayoutSettings {
  readonly dims: 2 | 3;
  readonly epochs: number;
  readonly seed: number;
  readonly negatives: number;
  readonly learningRate: number;
  readonly curve: SimilarityCurve;
  /** Worker threads; the result does not depend on it. */
  readonly threads?: number | undefined;
  /** Give intermediate coordinates every so many epochs; 0 for never. */
  readonly hold?: Hold | undefined;
  readonly snapshotEvery: number;
  readonly onStep?: LayoutOptions['onStep'] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Lays the graph out from the initial coordinates [n, dims]; stops within one epoch of the signal with `cancelled`. */
export async function layOut(set: FuzzySet, initial: Float32Array, options: LayoutSettings): Promise<Float32Array> {
  const { dims, epochs, seed, negatives, learningRate, curve, hold, snapshotEvery, onStep, signal } = options;
  if (epochs === 0) return initial.slice();
  const visited = withoutFaintEdges(set, epochs);
  const sharedSet: FuzzySet = { n: set.n, indptr: shared(visited.indptr), indices: shared(visited.indices), weights: shared(visited.weights) };
  const task: LayoutTask = { set: sharedSet, dims, epochs, seed, negatives, learningRate, curve, even: shared(initial), odd: shared(initial), ...(hold && { hold: { ...hold, places: shared(hold.places) } }) };
  await runLockstep({
    entry: new URL('./layout.worker.js', import.meta.url), task, points: set.n, threads: options.threads, snapshotEvery, signal,
    onStep: (epoch, coordinates) => onStep?.(epoch, epochs, coordinates),
  });
  return Float32Array.from(epochs % 2 === 0 ? task.even : task.odd);
}
