import { KernelMemory, packingTable } from '@noema/simd';
import type { LayoutOptions } from '../layout.options.js';
import { lockstepThreads, runLockstep } from '../lockstep.js';
import { coefficientTables } from './coefficients.js';
import type { SimilarityCurve } from './curve.js';
import { type FuzzySet, withoutFaintEdges } from './fuzzy-set.js';
import { prepareEdges, scratchLength } from './layout-edges.js';
import type { Hold, LayoutTask } from './layout-task.js';

interface LayoutSettings {
  readonly dims: 2 | 3;
  readonly epochs: number;
  readonly seed: number;
  readonly negatives: number;
  readonly learningRate: number;
  readonly curve: SimilarityCurve;
  /** Number of worker threads. The result does not depend on it. */
  readonly threads?: number | undefined;
  /** Number of epochs between intermediate coordinates; 0 for none. */
  readonly hold?: Hold | undefined;
  readonly snapshotEvery: number;
  readonly onStep?: LayoutOptions['onStep'] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Computes the layout of the graph from the initial coordinates [n, dims]. Stops within one epoch of the
 * signal with `cancelled`.
 */
export async function computeLayout(
  set: FuzzySet,
  initial: Float32Array,
  options: LayoutSettings,
): Promise<Float32Array> {
  const { dims, epochs, seed, negatives, learningRate, curve, hold, snapshotEvery, onStep, signal } = options;
  if (epochs === 0) return initial.slice();
  const memory = new KernelMemory();
  const tables = coefficientTables(curve);
  const threads = lockstepThreads(options.threads, set.n);
  const even = memory.floats(initial);
  const odd = memory.floats(initial);
  const edges = prepareEdges(memory, withoutFaintEdges(set, epochs), dims);
  const length = scratchLength(edges);
  const task: LayoutTask = {
    memory: memory.shared,
    n: set.n,
    dims,
    epochs,
    seed,
    negatives,
    learningRate,
    even,
    odd,
    edges,
    attraction: memory.floats(tables.attraction),
    repulsion: memory.floats(tables.repulsion),
    packing: memory.ints(packingTable()),
    scratches: Array.from({ length: threads }, () => memory.ints(length)),
    ...(hold && { hold: { ...hold, places: memory.floats(hold.places) } }),
  };
  await runLockstep({
    name: 'umap',
    task,
    points: set.n,
    threads,
    snapshotEvery,
    signal,
    onStep: (epoch, coordinates) => onStep?.(epoch, epochs, coordinates),
  });
  return Float32Array.from(epochs % 2 === 0 ? task.even : task.odd);
}
