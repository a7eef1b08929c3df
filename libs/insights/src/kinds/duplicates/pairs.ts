import { formatCount, formatShare } from '../../finding/numbers.js';
import type { Population } from '../../population/population.js';
import type { SearchContext } from '../insight-kind.js';
import { findCandidates, pairKey, splitKey } from './candidate-pairs.js';
import { compareCandidates } from './compare-candidates.js';
import type { Comparer } from './comparer.js';
import { createComparer } from './comparers.js';
import { findExactCopies } from './exact-copies.js';
import { drawRows, findBlack, plantCopies } from './stock.js';
import { type CopyThreshold, setThreshold } from './threshold.js';

/** Largest number of samples that are compared in pairs; more are a seeded part. */
const MAX_COMPARED = 100_000;

/** Samples with equal and similar inputs. */
export interface CopyPairs {
  /** The first sample with the same input, [n] int32. */
  readonly original: Int32Array;
  /** Verified pairs of originals: rows and similarity. */
  readonly edges: readonly CopyEdge[];
  /** Undefined if no similar inputs were searched; a remark says why. */
  readonly threshold: CopyThreshold | undefined;
  /** Number of pairs that were compared, and of samples among which similar ones were searched. */
  readonly tried: number;
  readonly compared: number;
  /** Names of the similarity and of the planted copies. */
  readonly comparer: Pick<Comparer, 'similarity' | 'copies'> | undefined;
  readonly remarks: readonly string[];
}

export interface CopyEdge {
  readonly a: number;
  readonly b: number;
  readonly similarity: number;
}

export type PairContext = Pick<SearchContext, 'seed' | 'threads' | 'share' | 'signal' | 'progress'>;

/** Returns the pairs of copies of a population, computed once a run. */
export const sharePairs = (population: Population, context: PairContext): Promise<CopyPairs> =>
  context.share('copy pairs', () => findPairs(population, context));

/** Finds equal inputs by their hash, and similar ones among the nearest descriptors of their views. */
async function findPairs(
  population: Population,
  { seed, threads, signal, progress }: PairContext,
): Promise<CopyPairs> {
  const inputs = population.inputs!;
  const original = await findExactCopies(inputs, population.n, signal);
  progress(0.1);
  const originals = original.filter((first, row) => first === row);
  const { kind, shape } = inputs;
  const black = await findBlack(inputs, originals, seed);
  const comparer = createComparer({ kind, shape, black });
  if (typeof comparer === 'string' || originals.length < 2) {
    const reason = typeof comparer === 'string' ? comparer : 'There are no two different inputs to compare.';
    return {
      original,
      edges: [],
      threshold: undefined,
      tried: 0,
      compared: 0,
      comparer: undefined,
      remarks: [reason],
    };
  }
  const rows = drawRows(originals, MAX_COMPARED, seed);
  const remarks =
    rows.length === originals.length
      ? []
      : [
          `Similar inputs were searched among ${formatCount(rows.length)} samples drawn by the seed from ` +
            `${formatCount(originals.length)}: about ${formatShare((rows.length / originals.length) ** 2)} of ` +
            `all pairs of copies have both samples there, and the stated recall is about these.`,
        ];
  const stock = await plantCopies(inputs, rows, comparer, { seed, black });
  const candidates = await findCandidates(stock, comparer, population, { seed, threads, signal });
  progress(0.5);
  const scores = await compareCandidates(stock, comparer, candidates, {
    threads,
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
  return { original, edges, threshold, tried: scores.size, compared: rows.length, comparer, remarks };
}

const realPairs = (scores: ReadonlyMap<number, number>, n: number): CopyEdge[] =>
  [...scores]
    .map(([key, similarity]) => ({ ...splitKey(key), similarity }))
    .filter(({ a, b }) => a < n && b < n);
