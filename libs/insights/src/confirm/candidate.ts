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
  /**
   * Share of the class of the membership among the samples that it would have without its class; 1 without a class.
   * A region that other classes share is the place of a confusion, and most of its members are misclassified by
   * construction.
   */
  readonly purity: number;
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

/** Groups by what they say about the class, in the order in which they are compared, and their share of the tests. */
const FAMILIES = [
  ['all classes', 0.4],
  ['one class', 0.4],
  ['all but a class', 0.2],
] as const;

interface Kept {
  readonly suspect: Suspect;
  readonly bits: BitSet;
  readonly count: number;
}

/**
 * Returns the candidates that differ from each other, at most `most`, the clearest first and those without a class
 * before the others: every further test raises the bar for all. A group whose other members are no worse than average
 * has its strength from a clearer one and is left out, unless it is the worse part of one. Groups with and without a
 * class do not replace each other in this way: wrong labels of one kind of sample are one group without a class, and
 * a few errors in each of the classes.
 */
export function selectSuspects(
  candidates: readonly Candidate[],
  outcomes: Outcomes,
  most: number,
): Suspect[] {
  const judged = candidates
    .map((candidate, at) => ({ candidate, at, strength: measureStrength(candidate.found, outcomes) }))
    .filter(({ strength }) => strength >= MIN_STRENGTH)
    .sort((a, b) => measureClarity(b) - measureClarity(a) || a.at - b.at);
  const kept: Kept[] = [];
  for (const [family, share] of FAMILIES) {
    const first = kept.length;
    const covered = createBitSet(outcomes.rows.length);
    for (const { candidate, strength } of judged) {
      if (kept.length - first === Math.ceil(share * most)) break;
      if (readFamily(candidate) !== family) continue;
      const suspect = compare(
        { ...candidate, strength, parent: undefined },
        { kept, first, covered, outcomes },
      );
      if (suspect === undefined) continue;
      kept.push(suspect);
      suspect.bits.forEach((word, i) => (covered[i]! |= word));
    }
  }
  return kept.map(({ suspect }) => suspect);
}

/** Compares a suspect with those before it; undefined if it adds nothing to them. */
function compare(
  suspect: Suspect,
  {
    kept,
    first,
    covered,
    outcomes,
  }: {
    readonly kept: readonly Kept[];
    /** Position of the first one of its family. */
    readonly first: number;
    /** Members of its family so far. */
    readonly covered: BitSet;
    readonly outcomes: Outcomes;
  },
): Kept | undefined {
  const bits = toBitSet(suspect.found, outcomes.rows.length);
  const count = countBits(bits);
  const shares = kept.map((other) => countShared(bits, other.bits));
  if (shares.some((shared, i) => shared / (count + kept[i]!.count - shared) > SAME)) return undefined;
  const parent = shares.findIndex(
    (shared, i) => i >= first && shared >= CONTAINED * count && kept[i]!.count > count,
  );
  if (parent < 0) {
    const others = suspect.found.filter((own) => ((covered[own >>> 5]! >>> (own & 31)) & 1) === 0);
    return measureStrength(others, outcomes) >= MIN_STRENGTH ? { suspect, bits, count } : undefined;
  }
  const isWorse = meanResidual(suspect, outcomes) >= WORSE * meanResidual(kept[parent]!.suspect, outcomes);
  return isWorse ? { suspect: { ...suspect, parent }, bits, count } : undefined;
}

/** The strength, less by what a region of a class has from other classes that share it. */
const measureClarity = ({
  strength,
  candidate,
}: {
  readonly strength: number;
  readonly candidate: Candidate;
}): number => strength * Math.sqrt(candidate.purity);

function readFamily({ membership }: Candidate): (typeof FAMILIES)[number][0] {
  const label = membership.by === 'pairs' ? undefined : membership.all.find(({ on }) => on === 'label');
  if (label === undefined) return 'all classes';
  return 'differsFrom' in label ? 'all but a class' : 'one class';
}

const meanResidual = ({ found }: Candidate, { residuals }: Outcomes): number =>
  found.reduce((sum, at) => sum + residuals[at]!, 0) / found.length;

/** Returns how many standard deviations the sum of the residuals of a group is above 0. */
export function measureStrength(found: Int32Array, { residuals }: Outcomes): number {
  const variance = residuals.reduce((sum, r) => sum + r * r, 0) / Math.max(1, residuals.length);
  if (found.length === 0 || variance === 0) return 0;
  return found.reduce((sum, at) => sum + residuals[at]!, 0) / Math.sqrt(found.length * variance);
}
