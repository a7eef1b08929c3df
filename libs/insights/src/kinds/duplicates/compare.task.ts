import { takeItems } from './blocks.js';
import { openComparer, type Shelf } from './sketch.task.js';

/** Pairs to compare, with the inputs of their samples. */
export interface CompareTask {
  readonly shelf: Pick<Shelf, 'comparer'>;
  /** Inputs of the samples of all pairs, [samples, size]. */
  readonly inputs: Float32Array;
  readonly samples: number;
  /** Positions of both samples of each pair among the inputs, [items, 2]. */
  readonly pairs: Int32Array;
  /** View of each pair, and where its comparison starts, [items, 7]; NaN where the screening gave up. */
  readonly starts: Float64Array;
  /** Estimates below which a comparison gives up, [views, steps]. */
  readonly least: Float64Array;
  readonly similarities: Float64Array;
  /** How each comparison went, [items, steps]. */
  readonly traces: Float64Array;
  readonly counter: Int32Array;
}

export function comparePairs(task: CompareTask): void {
  const { inputs, samples, pairs, starts, least, similarities, traces } = task;
  const comparer = openComparer(task.shelf);
  const steps = comparer.steps ?? 0;
  const size = inputs.length / samples;
  const prepared = new Map<number, unknown>();
  const prepare = (at: number): unknown => {
    const known = prepared.get(at);
    if (known !== undefined) return known;
    const sample = comparer.prepare(inputs.subarray(at * size, (at + 1) * size));
    prepared.set(at, sample);
    return sample;
  };
  takeItems(task.counter, similarities.length, (item) => {
    const view = starts[7 * item]!;
    const start = starts.subarray(7 * item + 1, 7 * item + 7);
    similarities[item] = comparer.compare(prepare(pairs[2 * item]!), prepare(pairs[2 * item + 1]!), {
      start: Number.isNaN(start[0]) ? undefined : start,
      least: least.subarray(view * steps, (view + 1) * steps),
      trace: traces.subarray(item * steps, (item + 1) * steps),
    });
  });
}
