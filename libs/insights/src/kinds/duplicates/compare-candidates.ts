import { sharedDoubles } from './blocks.js';
import { type CandidatePair, pairKey } from './candidate-pairs.js';
import type { Comparer } from './comparer.js';
import { findStopThresholds } from './stop-thresholds.js';
import { batchRows } from './exact-copies.js';
import { runOnItems, type ThreadedOptions } from './run-copy-tasks.js';
import { readStock, type Stock } from './stock.js';

/** A planted copy with this similarity was aligned. */
const MIN_PLANTED = 0.98;

/** Returns the similarity of each pair that was compared. */
export async function compareCandidates(
  stock: Stock,
  comparer: Comparer,
  pairs: readonly CandidatePair[],
  { progress, ...options }: ThreadedOptions & { readonly progress: (share: number) => void },
): Promise<Map<number, number>> {
  const scores = new Map<number, number>();
  const count = stock.rows.length;
  const steps = comparer.steps ?? 0;
  // A batch of inputs has room for both samples of a pair.
  const size = Math.max(1, Math.floor(batchRows(stock.inputs) / 2));
  const compareAll = async (some: readonly CandidatePair[], least: Float64Array): Promise<Float64Array> => {
    const traces = sharedDoubles(some.length * steps);
    for (let start = 0; start < some.length; start += size) {
      const own = some.slice(start, start + size);
      const needed = Int32Array.from(new Set(own.flatMap(({ from, to }) => [from, to]))).sort();
      const places = new Map(Array.from(needed, (position, at) => [position, at]));
      const placed = Int32Array.from(own.flatMap(({ from, to }) => [places.get(from)!, places.get(to)!]));
      const starts = Float64Array.from(own.flatMap(({ view, start }) => [view, ...start]));
      const similarities = sharedDoubles(own.length);
      for await (const { items: samples, inputs } of readStock(stock, needed))
        await runOnItems(
          'comparePairs',
          {
            shelf: { comparer: stock.comparer },
            ...{ inputs, samples, pairs: placed, starts, least, similarities },
            traces: traces.subarray(start * steps, (start + own.length) * steps),
          },
          { ...options, items: own.length },
        );
      own.forEach(({ from, to }, at) => scores.set(pairKey(from, to), similarities[at]!));
      progress(scores.size / pairs.length);
    }
    return traces;
  };
  const isPlanted = ({ from, to }: CandidatePair): boolean => from >= count || to >= count;
  const first = pairs.filter(isPlanted);
  const views = comparer.views.length;
  const traces = await compareAll(first, new Float64Array(views * steps).fill(-2));
  const aligned = first
    .map(({ from, to, view }, at) => ({
      ...{ view, similarity: scores.get(pairKey(from, to))! },
      trace: traces.subarray(at * steps, (at + 1) * steps),
    }))
    .filter(({ similarity }) => similarity > MIN_PLANTED);
  await compareAll(
    pairs.filter((pair) => !isPlanted(pair)),
    findStopThresholds(aligned, comparer.viewKinds, steps),
  );
  return scores;
}
