import type { Candidate } from '../confirm/candidate.js';
import type { Outcomes } from '../confirm/outcomes.js';
import { type DiagonalNormal, logDensities } from '../finding/members.js';
import type { Condition } from '../finding/membership.js';
import type { Space } from '../population/population.js';

/** Positions in the rows of the outcomes, and their places in a space. */
export interface Places {
  readonly space: Space;
  readonly outcomes: Outcomes;
  /** Groups with fewer members in the finding half are not searched. */
  readonly least: number;
}

/** A region covers at most this share of the samples that its conditions allow, unless they are few. */
const MAX_COVERED = 0.5;
/** A region of more than this share of all samples is no slice. */
const MAX_SHARE = 0.2;

/**
 * Returns a region around some samples that separates them from the others under the same conditions: the log ratio of
 * two diagonal normal distributions, which is a normal density again, with means shrunken towards each other (nearest
 * shrunken centroids, Tibshirani et al. 2002). Its limit is where the residuals stand out most, in a scan from the
 * inside out. The samples themselves are placed with the mean of the others, so that they do not vouch for themselves.
 */
export function fitRegion(
  { space, outcomes, least }: Places,
  own: readonly number[],
  group: {
    readonly finder: string;
    readonly conditions: readonly Condition[];
    readonly eligible: readonly number[];
    /** All placed positions: those under the conditions, and the others. */
    readonly placed: readonly number[];
  },
): Candidate | undefined {
  const { eligible, placed } = group;
  if (own.length < 3 || eligible.length < 2 * least) return undefined;
  const { values, width } = space;
  const { rows, residuals } = outcomes;
  const place = (at: number): number => rows[at]! * width;
  const inside = momentsAt(values, width, own.map(place));
  const all = momentsAt(values, width, eligible.map(place));
  const normal = contrast(inside, all, own.length);
  if (normal === undefined) return undefined;
  const density = logDensities(normal);
  const isOwn = new Set(own);
  const left = new Float64Array(width);
  const scored = eligible.map((at) => {
    const from = place(at);
    if (!isOwn.has(at)) return { at, score: density(values, from), scan: density(values, from) };
    // A shift of the mean by −(x − mean)/(n − 1), seen from the sample.
    for (let i = 0; i < width; i++)
      left[i] = values[from + i]! + (values[from + i]! - inside.mean[i]!) / (own.length - 1);
    return { at, score: density(values, from), scan: density(left, 0) };
  });
  scored.sort((a, b) => b.scan - a.scan || a.at - b.at);
  const most = Math.max(
    least,
    Math.floor(Math.min(MAX_COVERED * eligible.length, MAX_SHARE * placed.length)),
  );
  let [sum, best, count] = [0, 0, 0];
  for (let i = 0; i < most; i++) {
    sum += residuals[scored[i]!.at]!;
    const strength = sum / Math.sqrt(i + 1);
    if (i + 1 >= least && strength > best) [best, count] = [strength, i + 1];
  }
  if (count === 0) return undefined;
  const limit = scored[count - 1]!.scan;
  const found = scored.filter(({ score }) => score >= limit).map(({ at }) => at);
  const isEligible = new Set(eligible);
  const others = placed.filter((at) => !isEligible.has(at) && density(values, place(at)) >= limit).length;
  return {
    finder: group.finder,
    membership: { by: 'normal', space: space.key, ...normal, least: limit, all: group.conditions },
    found: Int32Array.from(found).sort(),
    purity: found.length / (found.length + others),
  };
}

interface AxisMoments {
  readonly mean: Float64Array;
  readonly variance: Float64Array;
}

function momentsAt(values: Float32Array, width: number, starts: readonly number[]): AxisMoments {
  const mean = new Float64Array(width);
  const variance = new Float64Array(width);
  for (const start of starts) for (let i = 0; i < width; i++) mean[i]! += values[start + i]! / starts.length;
  for (const start of starts)
    for (let i = 0; i < width; i++) variance[i]! += (values[start + i]! - mean[i]!) ** 2 / starts.length;
  return { mean, variance };
}

/** Standard errors by which a difference of means must exceed 0 to count, and samples that the variance of all adds. */
const [SHRINKAGE, PRIOR] = [2, 10];
/** Largest variance inside, as a share of that of all: from 1 on, a ratio has no top. */
const WIDEST = 0.8;
/** Weight of an axis on which the groups are alike. */
const IRRELEVANT = 1e6;

/** Returns the normal whose log density is the log ratio of inside and all; undefined where no axis differs. */
function contrast(inside: AxisMoments, all: AxisMoments, n: number): DiagonalNormal | undefined {
  let differs = false;
  const mean: number[] = [];
  const variance: number[] = [];
  for (let i = 0; i < all.mean.length; i++) {
    const outer = all.variance[i]!;
    const deviation = Math.sqrt(outer);
    const gap = inside.mean[i]! - all.mean[i]!;
    const kept = Math.sign(gap) * Math.max(0, Math.abs(gap) - (SHRINKAGE * deviation) / Math.sqrt(n));
    if (!(outer > 0) || kept === 0) {
      mean.push(all.mean[i]!);
      variance.push(IRRELEVANT * Math.max(outer, 1e-12));
      continue;
    }
    differs = true;
    const shrunk = (n * inside.variance[i]! + PRIOR * outer) / (n + PRIOR);
    const inner = Math.min(shrunk, WIDEST * outer);
    const own = (inner * outer) / (outer - inner);
    const center = all.mean[i]! + kept;
    mean.push(own * (center / inner - all.mean[i]! / outer));
    variance.push(own);
  }
  return differs ? { mean, variance } : undefined;
}
