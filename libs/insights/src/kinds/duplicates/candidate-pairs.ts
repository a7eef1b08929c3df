import { points } from '@noema/manifold';
import type { Population } from '../../population/population.js';
import type { Comparer, Screening } from './comparer.js';
import { findCourse, GIVEN_UP } from './course.js';
import { PointForest } from './point-forest.js';
import { type Stock, visitStock } from './stock.js';

/** Candidates of a sample: nearest descriptors of a view, screened samples, and compared samples. */
const [PER_VIEW, SCREENED, COMPARED] = [8, 6, 2];
/** A planted copy with this estimate was aligned. */
const MIN_ALIGNED = 0.9;
/** Factor of the largest square of planted copies, of which a view may have few, and the smallest one. */
const [MARGIN, MIN_SQUARE] = [2, 0.002];
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
  /** Of the forms, as a share of the limit of the view, or of the descriptors. */
  readonly square: number;
  readonly estimate: number | undefined;
  /** Where the comparison starts. */
  readonly start: unknown;
}

/** Returns the pairs of samples that are near to each other, the best ones after a screening. */
export async function findCandidates(
  stock: Stock,
  comparer: Comparer,
  { neighbors }: Population,
  { seed, signal }: { readonly seed: number; readonly signal: AbortSignal | undefined },
): Promise<CandidatePair[]> {
  const count = stock.rows.length;
  const { width, screening, views } = comparer;
  const formWidth = screening?.formWidth ?? 0;
  const descriptors = new Float32Array((count + stock.planted.length) * width);
  const forms = new Float32Array((count + stock.planted.length) * formWidth);
  const formAt = (at: number): Float32Array => forms.subarray(at * formWidth, (at + 1) * formWidth);
  const sketches: unknown[] = [];
  await visitStock(
    stock,
    comparer,
    (at, sample) => {
      const sketch = screening === undefined ? sample : screening.sketch(sample);
      if (screening !== undefined) sketches.push(sketch);
      comparer.describe(sketch, 0, descriptors.subarray(at * width, (at + 1) * width), formAt(at));
    },
    signal,
  );
  const forest = new PointForest(points(descriptors, width), { trees: comparer.trees, seed });
  const query = new Float32Array(width);
  const viewForms = views.map(() => new Float32Array(formWidth));
  const [rows, squares] = [new Int32Array(PER_VIEW), new Float64Array(PER_VIEW)];
  const positions = new Map(Array.from(stock.rows, (row, at) => [row, at]));
  let limits: Float64Array = new Float64Array(views.length).fill(Infinity);
  const findNearest = (at: number, sketch: unknown): Candidate[] => {
    const own = new Map<number, Candidate>();
    for (let view = 0; view < views.length; view++) {
      const form = viewForms[view]!;
      comparer.describe(sketch, view, query, form);
      const limit = limits[view]!;
      forest.search(query, at, { rows, squares, within: limit });
      for (let rank = 0; rank < PER_VIEW; rank++) {
        const other = rows[rank]!;
        if (!isPossible(stock, at, other)) continue;
        const square =
          screening === undefined ? squares[rank]! : screening.measure(form, forms, other) / limit;
        if (square <= 1 && square < (own.get(other)?.square ?? Infinity))
          own.set(other, { other, view, square });
      }
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
  let usual = -1;
  const kept = new Map<number, CandidatePair>();
  const screened = new Map<number, CandidatePair>();
  const addPairs = (
    at: number,
    sketch: unknown,
    visit?: (other: number, screening: Screening) => void,
  ): void => {
    const screen = screening?.prepare(sketch);
    const own = findNearest(at, sketch).map(({ other, view, square }) => {
      const key = pairKey(at, other);
      let pair = screened.get(key);
      // The other direction has another view: the nearer one starts better.
      if (pair === undefined || square < pair.square) {
        const result = screen?.estimate(
          sketches[other],
          { view, form: viewForms[view]!, own: formAt(other) },
          least,
        );
        if (result !== undefined) visit?.(other, result);
        if (pair?.estimate === undefined || result!.estimate > pair.estimate)
          pair = { from: other, to: at, square, estimate: result?.estimate, start: result?.start };
        screened.set(key, pair);
      }
      return { other, key, pair };
    });
    const keep = (some: typeof own): void => {
      for (const { key, pair } of some) kept.set(key, pair);
    };
    if (screening === undefined) keep(own);
    else {
      // The nearest one, the one that was aligned best, and others that were aligned as well as copies usually are.
      keep(keepBest(own, 1, count));
      own.sort((a, b) => b.pair.estimate! - a.pair.estimate! || a.other - b.other);
      keep(keepBest(own, 1, count));
      const alike = own.filter(({ pair }) => pair.estimate! >= usual);
      keep(keepBest(alike, COMPARED, count));
    }
  };
  if (screening === undefined) await visitStock(stock, comparer, addPairs, signal);
  else {
    limits = measureLimits(stock, views.length, (from, to, view) => {
      comparer.describe(sketches[from], view, query, viewForms[view]!);
      return screening.measure(viewForms[view]!, forms, to);
    });
    // The planted copies show how the screening of a copy goes.
    const courses: Float64Array[] = [];
    const add = ({ estimate, course }: Screening): void => {
      if (estimate > MIN_ALIGNED) courses.push(course);
    };
    for (let at = count; at < sketches.length; at++)
      addPairs(at, sketches[at], (other, result) => {
        if (other === stock.sources[at - count]) add(result);
      });
    stock.sources.forEach((source, i) => {
      addPairs(source, sketches[source], (other, result) => {
        if (other === count + i) add(result);
      });
    });
    const isSource = new Set(stock.sources);
    least = findCourse(courses, GIVEN_UP);
    usual = findCourse(courses, 0.5).at(-1) ?? -1;
    for (let at = 0; at < count; at++) {
      if (at % 1000 === 0) signal?.throwIfAborted();
      if (!isSource.has(at)) addPairs(at, sketches[at]);
    }
  }
  return [...kept.values()];
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

/**
 * Returns for each view the square of a distance within which nearly all planted copies lie that it fits best. Views
 * differ: a flip leaves a form alone, a crop between two views does not.
 */
function measureLimits(
  { rows, planted, sources }: Stock,
  views: number,
  measure: (from: number, to: number, view: number) => number,
): Float64Array {
  const squares = Array.from({ length: views }, (): number[] => []);
  planted.forEach((_, i) => {
    const [source, copy] = [sources[i]!, rows.length + i];
    let best = { view: 0, square: Infinity };
    for (let view = 0; view < views; view++) {
      const square = Math.min(measure(source, copy, view), measure(copy, source, view));
      if (square < best.square) best = { view, square };
    }
    squares[best.view]!.push(best.square);
  });
  return Float64Array.from(squares, (own) => {
    const rising = own.sort((a, b) => a - b);
    return MARGIN * Math.max(MIN_SQUARE, rising[Math.floor((1 - GIVEN_UP) * rising.length)] ?? 0);
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
