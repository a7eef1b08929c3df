import { permutation, seededRandom } from '@noema/kernel/random';
import { points } from '@noema/manifold';
import type { Inputs, Population } from '../../population/population.js';
import type { SearchContext } from '../insight-kind.js';
import type { Comparer, Screening } from './comparer.js';
import { createComparer } from './comparers.js';
import { batchRows, findExactCopies, readBatches } from './exact-copies.js';
import { PointForest } from './point-forest.js';
import { type CopyThreshold, setThreshold } from './threshold.js';

/** Copies of the user's own data that are planted to measure the recall. */
const PLANTED = 500;
/** Largest number of samples that are compared in pairs; more are a seeded part. */
const MAX_COMPARED = 100_000;
/** Candidates of a sample: nearest descriptors of a view, screened samples, and compared samples. */
const [PER_VIEW, SCREENED, COMPARED] = [5, 8, 2];
/** A planted copy with this similarity was aligned; the share of these that the screening may give up. */
const [MIN_PLANTED, MIN_ALIGNED, GIVEN_UP] = [0.3, 0.9, 0.005];
/** Nearest perception vectors of a sample that are candidates too. */
const FROM_VECTORS = 2;

/** Samples with equal and similar inputs. */
export interface CopyPairs {
  /** The first sample with the same input, [n] int32. */
  readonly original: Int32Array;
  /** Verified pairs of originals: rows and similarity. */
  readonly edges: readonly CopyEdge[];
  /** Undefined if no similar inputs were searched; a remark says why. */
  readonly threshold: CopyThreshold | undefined;
  /** Number of pairs that were compared. */
  readonly tried: number;
  /** Names of the similarity and of the planted copies. */
  readonly comparer: Pick<Comparer, 'similarity' | 'copies'> | undefined;
  readonly remarks: readonly string[];
}

export interface CopyEdge {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

/** A candidate of a sample. */
interface Candidate {
  readonly other: number;
  readonly view: number;
  readonly square: number;
}

/** A pair to compare: `to` may be a copy of a view of `from`. */
interface CandidatePair {
  readonly from: number;
  readonly to: number;
  /** Of the descriptors. */
  readonly square: number;
  readonly screening: Screening | undefined;
}

/** Returns the pairs of copies of a population, computed once a run. */
export const sharePairs = (population: Population, context: SearchContext): Promise<CopyPairs> =>
  context.share('copy pairs', () => findPairs(population, context));

/** Finds equal inputs by their hash, and similar ones among the nearest descriptors of their views. */
async function findPairs(
  population: Population,
  { seed, signal, progress }: SearchContext,
): Promise<CopyPairs> {
  const inputs = population.inputs!;
  const original = await findExactCopies(inputs, population.n, signal);
  progress(0.1);
  const comparer = createComparer(inputs);
  const originals = original.filter((first, row) => first === row);
  if (typeof comparer === 'string' || originals.length < 2) {
    const reason = typeof comparer === 'string' ? comparer : 'There are no two different inputs to compare.';
    return { original, edges: [], threshold: undefined, tried: 0, comparer: undefined, remarks: [reason] };
  }
  const rows = drawRows(originals, MAX_COMPARED, seed);
  const remarks =
    rows.length === originals.length
      ? []
      : [`Similar inputs were searched among ${rows.length} samples drawn from ${originals.length}.`];
  const stock = await plantCopies(inputs, rows, comparer, seed);
  const candidates = await findCandidates(stock, comparer, population, { seed, signal });
  progress(0.5);
  const scores = await compareCandidates(stock, comparer, candidates, {
    signal,
    progress: (share) => {
      progress(0.5 + share / 2);
    },
  });
  const threshold = setThreshold(
    Float64Array.from(stock.sources, (source, at) => scores.get(pairKey(source, rows.length + at)) ?? -1),
    Float64Array.from(realPairs(scores, rows.length), ({ similarity }) => similarity),
  );
  const edges = realPairs(scores, rows.length)
    .filter(({ similarity }) => similarity >= threshold.similarity)
    .map(({ a, b, similarity }) => ({ a: rows[a]!, b: rows[b]!, similarity }));
  return { original, edges, threshold, tried: scores.size, comparer, remarks };
}

/** Rows of a population, followed by planted copies of some of them. */
interface Stock {
  readonly inputs: Inputs;
  readonly rows: Int32Array;
  readonly planted: readonly Float32Array[];
  /** The position in `rows` from which each planted copy is. */
  readonly sources: Int32Array;
}

async function plantCopies(
  inputs: Inputs,
  rows: Int32Array,
  comparer: Comparer,
  seed: number,
): Promise<Stock> {
  const sources = drawRows(Int32Array.from(rows.keys()), Math.min(PLANTED, rows.length), seed + 1);
  const planted: Float32Array[] = [];
  const picked = sources.map((at) => rows[at]!);
  for await (const { rows: batch, at, read } of readBatches(inputs, picked))
    batch.forEach((_, i) => planted.push(comparer.plant(read(i), seededRandom(seed, 7, at + i))));
  return { inputs, rows, planted, sources };
}

/** Returns some of the rows, rising, drawn by the seed. */
function drawRows(rows: Int32Array, count: number, seed: number): Int32Array {
  if (rows.length <= count) return rows;
  const order = permutation(rows.length, seededRandom(seed, 3));
  return Int32Array.from(order.subarray(0, count), (at) => rows[at]!).sort();
}

/** Calls `visit` with all samples of a stock, prepared, in their order. */
async function visitStock(
  { inputs, rows, planted }: Stock,
  comparer: Comparer,
  visit: (at: number, sample: unknown) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  for await (const { rows: batch, at, read } of readBatches(inputs, rows)) {
    signal?.throwIfAborted();
    batch.forEach((_, i) => {
      visit(at + i, comparer.prepare(read(i)));
    });
  }
  planted.forEach((copy, at) => {
    visit(rows.length + at, comparer.prepare(copy));
  });
}

async function findCandidates(
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

const PAIR_BASE = 2 ** 26;
/** One number for a pair, without its order. */
const pairKey = (a: number, b: number): number => Math.min(a, b) * PAIR_BASE + Math.max(a, b);

const realPairs = (scores: ReadonlyMap<number, number>, n: number): CopyEdge[] =>
  [...scores]
    .map(([key, similarity]) => ({ a: Math.floor(key / PAIR_BASE), b: key % PAIR_BASE, similarity }))
    .filter(({ a, b }) => a < n && b < n);

/** Returns the similarity of each pair that was compared. */
async function compareCandidates(
  { inputs, rows, planted }: Stock,
  comparer: Comparer,
  pairs: readonly CandidatePair[],
  {
    signal,
    progress,
  }: { readonly signal: AbortSignal | undefined; readonly progress: (share: number) => void },
): Promise<Map<number, number>> {
  const scores = new Map<number, number>();
  const isPlanted = ({ from, to }: CandidatePair): boolean => from >= rows.length || to >= rows.length;
  const step = Math.max(1, Math.floor(batchRows(inputs) / 3));
  const compareAll = async (some: readonly CandidatePair[]): Promise<void> => {
    for (let start = 0; start < some.length; start += step) {
      signal?.throwIfAborted();
      const own = some.slice(start, start + step);
      const needed = new Set(own.flatMap(({ from, to }) => [from, to]));
      const read = Int32Array.from(needed)
        .filter((at) => at < rows.length)
        .sort();
      const samples = new Map<number, unknown>();
      for await (const batch of readBatches(
        inputs,
        read.map((at) => rows[at]!),
      ))
        batch.rows.forEach((_, i) => samples.set(read[batch.at + i]!, comparer.prepare(batch.read(i))));
      for (const at of needed)
        if (at >= rows.length) samples.set(at, comparer.prepare(planted[at - rows.length]!));
      for (const { from, to, screening } of own)
        scores.set(pairKey(from, to), comparer.compare(samples.get(from), samples.get(to), screening));
      progress(scores.size / pairs.length);
    }
  };
  const first = pairs.filter(isPlanted);
  await compareAll(first);
  const least = findLeast(first.filter(({ from, to }) => scores.get(pairKey(from, to))! > MIN_PLANTED));
  const others = pairs.filter((pair) => !isPlanted(pair));
  await compareAll(others.filter(({ screening }) => screening === undefined || screening.estimate >= least));
  for (const { from, to, screening } of others)
    if (screening !== undefined && screening.estimate < least)
      scores.set(pairKey(from, to), Math.min(0, screening.estimate));
  return scores;
}

/** Returns the course that nearly all planted copies stay above, from the aligned ones. */
function findCourse(screenings: readonly Screening[]): Float64Array {
  const aligned = screenings.filter(({ estimate }) => estimate > MIN_ALIGNED);
  return new Float64Array(screenings[0]?.course.length ?? 0).map((_, step) => {
    const values = Float64Array.from(aligned, ({ course }) => course[step]!).sort();
    return values[Math.floor(GIVEN_UP * values.length)] ?? -1;
  });
}

/** Returns the estimate that nearly all planted copies reach: a pair below it is not worth a comparison. */
function findLeast(found: readonly CandidatePair[]): number {
  const estimates = Float64Array.from(found, ({ screening }) => screening?.estimate ?? -1).sort();
  return estimates[Math.floor(GIVEN_UP * estimates.length)] ?? -1;
}
