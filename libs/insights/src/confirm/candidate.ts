import type { Membership } from '../finding/membership.js';
import { type BitSet, countBits, countShared, createBitSet, toBitSet } from './bit-set.js';
import type { Outcomes } from './outcomes.js';

/** A group that a search on the finding half suspects. */
export interface Candidate {
  /** The search that found it, such as `mixture`. */
  readonly finder: string;
  readonly membership: Membership;
  /** Its members in the finding half: positions in the rows of the outcomes, rising. */
  readonly found: Int32Array;
}

/** A candidate that is worth a test. */
export interface Suspect extends Candidate {
  /** Sum of the residuals of the members over √members, in standard deviations of a residual. */
  readonly strength: number;
  /** Position among the suspects of a group that has at least four fifths of these members. */
  readonly parent: number | undefined;
}

/** Candidates that share more than this (Jaccard) are one group. */
const SAME = 0.5;
/** A part of a group has this share of its members in it, and a mean residual this many times as large. */
const [CONTAINED, WORSE] = [0.8, 1.5];
/** Suspects below this many standard deviations are not worth a test. */
const MIN_STRENGTH = 2;

interface Kept {
  readonly suspect: Suspect;
  readonly bits: BitSet;
  readonly count: number;
}

/**
 * Returns the candidates that differ from each other, the strongest first, at most `most`: every further test raises
 * the bar for all. A group whose other members are no worse than average has its strength from a stronger one and is
 * left out, unless it is the worse part of one.
 */
export function selectSuspects(
  candidates: readonly Candidate[],
  outcomes: Outcomes,
  most: number,
): Suspect[] {
  const { length: size } = outcomes.rows;
  const strengths = candidates.map(({ found }) => measureStrength(found, outcomes));
  const order = candidates
    .map((_, at) => at)
    .filter((at) => strengths[at]! >= MIN_STRENGTH)
    .sort((a, b) => strengths[b]! - strengths[a]! || a - b);
  const kept: Kept[] = [];
  const covered = createBitSet(size);
  for (const at of order) {
    if (kept.length === most) break;
    const candidate = candidates[at]!;
    const bits = toBitSet(candidate.found, size);
    const count = countBits(bits);
    const shares = kept.map((other) => countShared(bits, other.bits));
    if (shares.some((shared, i) => shared / (count + kept[i]!.count - shared) > SAME)) continue;
    const parent = shares.findIndex((shared, i) => shared >= CONTAINED * count && kept[i]!.count > count);
    const others = candidate.found.filter((own) => ((covered[own >>> 5]! >>> (own & 31)) & 1) === 0);
    const isWorth =
      parent < 0
        ? measureStrength(others, outcomes) >= MIN_STRENGTH
        : meanResidual(candidate, outcomes) >= WORSE * meanResidual(kept[parent]!.suspect, outcomes);
    if (!isWorth) continue;
    kept.push({
      suspect: { ...candidate, strength: strengths[at]!, parent: parent < 0 ? undefined : parent },
      bits,
      count,
    });
    bits.forEach((word, i) => (covered[i]! |= word));
  }
  return kept.map(({ suspect }) => suspect);
}

const meanResidual = ({ found }: Candidate, { residuals }: Outcomes): number =>
  found.reduce((sum, at) => sum + residuals[at]!, 0) / found.length;

/** Returns how many standard deviations the sum of the residuals of a group is above 0. */
export function measureStrength(found: Int32Array, { residuals }: Outcomes): number {
  const variance = residuals.reduce((sum, r) => sum + r * r, 0) / Math.max(1, residuals.length);
  if (found.length === 0 || variance === 0) return 0;
  return found.reduce((sum, at) => sum + residuals[at]!, 0) / Math.sqrt(found.length * variance);
}
