import { points } from '@noema/manifold';
import type { Population } from '../../population/population.js';
import type { Comparer, Screening } from './comparer.js';
import { PointForest } from './point-forest.js';
import { type Stock, visitStock } from './stock.js';

/** Candidates of a sample: nearest descriptors of a view, screened samples, and compared samples. */
const [PER_VIEW, SCREENED, COMPARED] = [5, 8, 2];
/** A planted copy with this estimate was aligned. */
const MIN_ALIGNED = 0.9;
/** Share of the planted copies that the screening may give up. */
export const GIVEN_UP = 0.005;
/** Nearest perception vectors of a sample that are candidates too. */
const FROM_VECTORS = 2;

/** A candidate of a sample. */
interface Candidate {
  readonly other: number;
  readonly view: number;
  readonly square: number;
}

/** A pair to compare: `to` may be a copy of a view of `from`. */
export interface CandidatePair {
  readonly from: number;
  readonly to: number;
  /** Of the descriptors. */
  readonly square: number;
  readonly screening: Screening | undefined;
}

/** Returns the pairs of samples that are near to each other, the best ones after a screening. */
export async function findCandidates(
  stock: Stock,
  comparer: Comparer,
  { neighbors }: Population,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal | undefined },
): Promise<CandidatePair[]> {
  const count = stock.rows.length;
  const { width } = comparer;
  const descriptors = new Float32Array((count + stock.planted.length) * width);
  const sketches: unknown[] = [];
  await visitStock(
    stock,
    comparer,
    (at, sample) => {
      const sketch = comparer.sketch === undefined ? sample : comparer.sketch(sample);
      if (comparer.sketch !== undefined) sketches.push(sketch);
      comparer.describe(sketch, 0, descriptors.subarray(at * width, (at + 1) * width));
    },
    signal,
  );
  const forest = new PointForest(points(descriptors, width), { trees: comparer.trees, seed });
  const query = new Float32Array(width);
  const [rows, squares] = [new Int32Array(PER_VIEW), new Float64Array(PER_VIEW)];
  const positions = new Map(Array.from(stock.rows, (row, at) => [row, at]));
  const findNearest = (at: number, sketch: unknown): Candidate[] => {
    const own = new Map<number, Candidate>();
    for (let view = 0; view < comparer.views.length; view++) {
      comparer.describe(sketch, view, query);
      forest.search(query, at, rows, squares);
      rows.forEach((other, rank) => {
        const square = squares[rank]!;
        if (isPossible(stock, at, other) && square < (own.get(other)?.square ?? Infinity))
          own.set(other, { other, view, square });
      });
    }
    const nearest = [...own.values()].sort((a, b) => a.square - b.square || a.other - b.other);
    const kept = keepBest(nearest, SCREENED, count);
    if (neighbors !== undefined && at < count)
      for (const row of neighbors.indices
        .subarray(stock.rows[at]! * neighbors.k)
        .subarray(0, Math.min(FROM_VECTORS, neighbors.k))) {
        const other = positions.get(row);
        if (other !== undefined && other !== at && !own.has(other)) kept.push({ other, view: 0, square: 0 });
      }
    return kept;
  };
  let least: Float64Array = new Float64Array();
  const kept = new Set<number>();
  const screened = new Map<number, CandidatePair>();
  const addPairs = (at: number, sketch: unknown): void => {
    const own = findNearest(at, sketch).map(({ other, view, square }) => {
      const key = pairKey(at, other);
      let pair = screened.get(key);
      // The other direction has another view: the nearer one starts better.
      if (pair === undefined || square < pair.square) {
        const screening = comparer.screen?.(sketch, sketches[other], view, least);
        if (pair?.screening === undefined || screening!.estimate > pair.screening.estimate)
          pair = { from: at, to: other, square, screening };
        screened.set(key, pair);
      }
      return { other, key, pair };
    });
    if (comparer.screen !== undefined)
      own.sort((a, b) => b.pair.screening!.estimate - a.pair.screening!.estimate || a.other - b.other);
    const best = comparer.screen === undefined ? own : keepBest(own, COMPARED, count);
    for (const { key } of best) kept.add(key);
  };
  if (comparer.sketch === undefined) await visitStock(stock, comparer, addPairs, signal);
  else {
    // The planted copies show how the screening of a copy goes.
    for (let at = count; at < sketches.length; at++) addPairs(at, sketches[at]);
    for (const at of stock.sources) addPairs(at, sketches[at]);
    const isSource = new Set(stock.sources);
    least = findCourse(
      [...stock.sources].flatMap((source, at) => screened.get(pairKey(source, count + at))?.screening ?? []),
    );
    for (let at = 0; at < count; at++) {
      if (at % 1000 === 0) signal?.throwIfAborted();
      if (!isSource.has(at)) addPairs(at, sketches[at]);
    }
  }
  return Array.from(kept, (key) => screened.get(key)!);
}

/** False for no sample, and for a planted copy of another sample: planted copies only look for their source. */
function isPossible({ rows, sources }: Stock, at: number, other: number): boolean {
  if (other < 0 || (at >= rows.length && other >= rows.length)) return false;
  return other < rows.length || sources[other - rows.length] === at;
}

/** Returns the first `count` samples, and the planted copies before the last one: these take no place of a sample. */
function keepBest<T extends { readonly other: number }>(
  ordered: readonly T[],
  count: number,
  n: number,
): T[] {
  const kept: T[] = [];
  let samples = 0;
  for (const one of ordered) {
    if (samples === count) break;
    kept.push(one);
    if (one.other < n) samples++;
  }
  return kept;
}

/** Returns the course that nearly all planted copies stay above, from the aligned ones. */
function findCourse(screenings: readonly Screening[]): Float64Array {
  const aligned = screenings.filter(({ estimate }) => estimate > MIN_ALIGNED);
  return new Float64Array(screenings[0]?.course.length ?? 0).map((_, step) => {
    const values = Float64Array.from(aligned, ({ course }) => course[step]!).sort();
    return values[Math.floor(GIVEN_UP * values.length)] ?? -1;
  });
}

const PAIR_BASE = 2 ** 26;
/** One number for a pair, without its order. */
export const pairKey = (a: number, b: number): number => Math.min(a, b) * PAIR_BASE + Math.max(a, b);

/** Returns the two numbers of a pair, the smaller one first. */
export const splitKey = (key: number): { readonly a: number; readonly b: number } => ({
  a: Math.floor(key / PAIR_BASE),
  b: key % PAIR_BASE,
});
