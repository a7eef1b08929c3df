import { computeMoments } from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';
import { thinRows } from '../../population/groups.js';
import type { Population } from '../../population/population.js';
import { compareLosses, type LossGap } from './compare-losses.js';
import { type CompareOptions, compareResponses, type ResponseComparison } from './compare-responses.js';
import { type DepthView, isEarly } from './depth-views.js';
import { type MatchedRows, matchClasses } from './match.js';
import type { DomainPair, DomainSide } from './pairs.js';

/** A pair of domains, side `b` with the larger mean loss, and as many rows of each. */
export interface MatchedPair {
  readonly pair: DomainPair;
  readonly a: DomainSide;
  readonly b: DomainSide;
  readonly rows: MatchedRows;
  /** Undefined without losses, and where one side is the training split. */
  readonly losses: LossGap | undefined;
}

/** A pair with the comparison of its responses. */
export interface PairComparison extends MatchedPair {
  /** The rows whose responses were compared. */
  readonly compared: MatchedRows;
  readonly responses: ResponseComparison;
}

/**
 * Matches a pair, by one sample of each group, and compares its losses; undefined where it has fewer than `minRows`
 * rows a side to compare.
 */
export function matchPair(
  population: Population,
  pair: DomainPair,
  { minRows, seed }: { readonly minRows: number; readonly seed: number },
): MatchedPair | undefined {
  const random = seededRandom(seed, 6);
  const [left, right] = pair.sides.map(({ rows }) => thinRows(population, rows, random));
  const drawn = matchClasses(left!, right!, population.labels, seed);
  if (drawn.a.length < minRows) return undefined;
  const isSwapped = meanLoss(population, drawn.a) > meanLoss(population, drawn.b);
  const [a, b] = isSwapped ? [pair.sides[1], pair.sides[0]] : pair.sides;
  const rows = isSwapped ? { a: drawn.b, b: drawn.a } : drawn;
  return { pair, a, b, rows, losses: pair.hasTraining ? undefined : compareLosses(population, rows) };
}

/** Compares the responses of a pair on at most `maxRows` rows a side. */
export function comparePair(
  population: Population,
  views: readonly DepthView[],
  matched: MatchedPair,
  { maxRows, ...options }: CompareOptions & { readonly maxRows: number },
): PairComparison {
  const compared = { a: matched.rows.a.subarray(0, maxRows), b: matched.rows.b.subarray(0, maxRows) };
  const { hasTraining } = matched.pair;
  // Late layers respond to rows that the network knows by heart in another way than to the rest.
  const usable = hasTraining ? views.filter(isEarly) : views;
  const responses = compareResponses(population, usable, compared, options);
  return { ...matched, compared, responses };
}

const meanLoss = ({ losses }: Population, rows: Int32Array): number =>
  losses === undefined ? 0 : computeMoments(Float64Array.from(rows, (row) => losses[row]!)).mean;
