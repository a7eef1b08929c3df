import { points } from '@noema/manifold';
import type { Population } from '../../population/population.js';
import { sharedDoubles } from './blocks.js';
import { FIELDS, FROM_VECTORS, SLOTS } from './candidate.task.js';
import type { Comparer } from './comparer.js';
import { findStopThresholds } from './stop-thresholds.js';
import { growForest, runOnItems, type ThreadedOptions } from './run-copy-tasks.js';
import { describeStock } from './shelf.js';
import type { Shelf } from './sketch.task.js';
import { readStock, type Stock } from './stock.js';

/** A planted copy with this estimate was aligned. */
const MIN_ALIGNED = 0.9;
/** Factor of the largest square of planted copies, of which a view may have few, and the smallest one. */
const [MARGIN, MIN_SQUARE] = [2, 0.002];

/** A pair to compare: `to` may be a copy of a view of `from`. */
export interface CandidatePair {
  readonly from: number;
  readonly to: number;
  readonly view: number;
  /** NaN without a screening. */
  readonly estimate: number;
  /** Where the comparison starts, six values of a map; NaN where the screening gave up. */
  readonly start: Float64Array;
}

/** Returns the pairs of samples that are near to each other, the best ones after a screening. */
export async function findCandidates(
  stock: Stock,
  comparer: Comparer,
  { neighbors }: Population,
  options: ThreadedOptions & { readonly seed: number },
): Promise<CandidatePair[]> {
  const count = stock.rows.length;
  const total = count + stock.planted.length;
  const { width, screening, views, trees } = comparer;
  const shelf = await describeStock(stock, comparer, options);
  const forest = await growForest(points(shelf.descriptors, width), { trees, seed: options.seed }, options);
  const near = neighbors === undefined ? undefined : listNeighbors(stock, neighbors);
  const limits =
    screening === undefined
      ? new Float64Array(views.length).fill(Infinity)
      : measureLimits(shelf, comparer, screening.measure);
  const steps = screening?.steps ?? 0;
  const pairs = new Map<number, CandidatePair>();
  const search = async (positions: Int32Array, least: Float64Array, hasTraces: boolean): Promise<Found> => {
    const found = sharedDoubles(positions.length * SLOTS * FIELDS);
    const traces = sharedDoubles(hasTraces ? positions.length * steps : 0);
    const task = { shelf, forest, positions, inputs: undefined, limits, least, near, found, traces };
    if (screening !== undefined)
      await runOnItems('searchCandidates', task, { ...options, items: positions.length });
    else
      for await (const { at, items, inputs } of readStock(stock, positions)) {
        const part = found.subarray(at * SLOTS * FIELDS, (at + items) * SLOTS * FIELDS);
        const own = { positions: positions.subarray(at, at + items), found: part, inputs };
        await runOnItems('searchCandidates', { ...task, ...own }, { ...options, items });
      }
    addPairs(positions, found, pairs);
    return { found, traces };
  };
  const none = new Float64Array(views.length * steps).fill(-2);
  if (screening === undefined)
    await search(
      Int32Array.from({ length: total }, (_, at) => at),
      none,
      false,
    );
  else {
    // The planted copies and their sources show how the screening of a copy goes.
    const first = Int32Array.from([...stock.sources, ...stock.sources.map((_, i) => count + i)]);
    const { found, traces } = await search(first, none, true);
    const least = findStopThresholds(
      listTraces(first, { found, traces }, { shelf, steps }),
      comparer.viewKinds,
      steps,
    );
    const isFirst = new Set(first);
    // In the order of a tree: near samples have mostly the same candidates, which are still in the nearest cache.
    const rest = forest[0]!.rows.filter((at) => at < count && !isFirst.has(at));
    await search(rest, least, false);
  }
  return [...pairs.values()].sort((a, b) => a.to - b.to || a.from - b.from);
}

interface Found {
  readonly found: Float64Array;
  readonly traces: Float64Array;
}

/** Adds the candidates of samples; of both directions of a pair, the one with the larger estimate counts. */
function addPairs(positions: Int32Array, found: Float64Array, pairs: Map<number, CandidatePair>): void {
  positions.forEach((from, item) => {
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = (item * SLOTS + slot) * FIELDS;
      const [to, view, , estimate] = found.subarray(at, at + 4) as unknown as [
        number,
        number,
        number,
        number,
      ];
      if (to < 0) return;
      const key = pairKey(from, to);
      const known = pairs.get(key);
      if (known !== undefined && !(estimate > known.estimate)) continue;
      pairs.set(key, { from, to, view, estimate, start: found.slice(at + 4, at + FIELDS) });
    }
  });
}

/** Returns the view and the trace of each planted copy or source that was aligned with its partner. */
function listTraces(
  positions: Int32Array,
  { found, traces }: Found,
  { shelf: { count, sources }, steps }: { readonly shelf: Shelf; readonly steps: number },
): { view: number; trace: Float64Array }[] {
  const list: { view: number; trace: Float64Array }[] = [];
  positions.forEach((position, item) => {
    for (let slot = 0; slot < SLOTS; slot++) {
      const at = (item * SLOTS + slot) * FIELDS;
      const other = found[at]!;
      if (sources[other - count] !== position && sources[position - count] !== other) continue;
      if (found[at + 3]! > MIN_ALIGNED)
        list.push({ view: found[at + 1]!, trace: traces.subarray(item * steps, (item + 1) * steps) });
    }
  });
  return list;
}

/** Returns the neighbours of each sample in the perception vectors, as positions in the stock. */
function listNeighbors({ rows }: Stock, { indices, k }: NonNullable<Population['neighbors']>): Int32Array {
  const positions = new Map(Array.from(rows, (row, at) => [row, at]));
  const near = new Int32Array(new SharedArrayBuffer(4 * rows.length * FROM_VECTORS)).fill(-1);
  rows.forEach((row, at) => {
    for (let rank = 0; rank < Math.min(FROM_VECTORS, k); rank++)
      near[at * FROM_VECTORS + rank] = positions.get(indices[row * k + rank]!) ?? -1;
  });
  return near;
}

/**
 * Returns for each view the square of a distance within which nearly all planted copies lie that it fits best. Views
 * differ: a flip leaves a form alone, a crop between two views does not.
 */
function measureLimits(
  { count, sources, forms, sketches }: Shelf,
  comparer: Comparer,
  measure: (view: Float32Array, forms: Float32Array, at: number) => number,
): Float64Array {
  const { views, width } = comparer;
  const { formWidth, sketchWidth } = comparer.screening!;
  const [query, form] = [new Float32Array(width), new Float32Array(formWidth)];
  const measureView = (from: number, to: number, view: number): number => {
    comparer.describe(sketches.subarray(from * sketchWidth, (from + 1) * sketchWidth), view, query, form);
    return measure(form, forms, to);
  };
  const squares = views.map((): number[] => []);
  sources.forEach((source, i) => {
    const copy = count + i;
    let best = { view: 0, square: Infinity };
    for (let view = 0; view < views.length; view++) {
      const square = Math.min(measureView(source, copy, view), measureView(copy, source, view));
      if (square < best.square) best = { view, square };
    }
    squares[best.view]!.push(best.square);
  });
  return Float64Array.from(squares, (own) => MARGIN * Math.max(MIN_SQUARE, ...own));
}

const PAIR_BASE = 2 ** 26;
/** One number for a pair, without its order. */
export const pairKey = (a: number, b: number): number => Math.min(a, b) * PAIR_BASE + Math.max(a, b);

/** Returns the two numbers of a pair, the smaller one first. */
export const splitKey = (key: number): { readonly a: number; readonly b: number } => ({
  a: Math.floor(key / PAIR_BASE),
  b: key % PAIR_BASE,
});
