import { type Interval, normalQuantile, wilsonInterval } from '@noema/evaluation';
import { evaluateMembership } from '../finding/members.js';
import type { Membership } from '../finding/membership.js';
import { pickGroups } from '../population/groups.js';
import type { Population } from '../population/population.js';
import { type Clusters, effectiveProportion, renumber, testRates } from '../statistics/clusters.js';
import { fisherGreater, fisherTwoSided } from '../statistics/fisher.js';

/** The factor between two shares, and the bound of its 95 % interval, are at least this large. */
const [MIN_RATIO, MIN_BOUND] = [1.25, 1.1];
/** Fewer held-out members, found or expected, say too little. */
const MIN_HELD_OUT = 10;
/** One-sided p-value that the searching half must have for the same direction. */
const FIND_LEVEL = 0.05;
/** Groups are one where they share more than this part of the members of the smaller one. */
const MAX_OVERLAP = 0.3;

/** Samples that a search has seen, and samples that confirm. */
export interface Sides {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
}

/** Members of a group in training and in held-out samples. */
export interface Shares {
  readonly training: number;
  readonly trainingCount: number;
  readonly heldOut: number;
  readonly heldOutCount: number;
  /** Where samples come in groups: the same in effective numbers, and the two-sided p-value by groups. */
  readonly byGroups?: { readonly shares: Shares; readonly pValue: number };
}

/** A group whose share of training differs from its share of held-out samples. */
export interface Mismatch {
  readonly membership: Membership;
  readonly mask: Uint8Array;
  readonly training: number;
  readonly heldOut: number;
  readonly trainingShare: number;
  readonly heldOutShare: number;
  readonly pValue: number;
  readonly qValue: number;
  /** Samples to add to training, or to take away if negative, for the share of held-out samples; 80 % interval. */
  readonly parity: { readonly add: number; readonly low: number; readonly high: number };
}

/**
 * Tests all cells on the confirming samples, adjusted for all of them. Returns the cells with another share in both
 * parts, the surest first, one of several that overlap. Training has two parts, too: the search chose regions by one.
 */
export function findMismatches(
  population: Population,
  cells: readonly Membership[],
  { find, confirm }: { readonly find: Sides; readonly confirm: Sides },
  q: number,
): { readonly found: Mismatch[]; readonly tried: number } {
  const measured = cells.map((membership) => {
    const mask = evaluateMembership(membership, population);
    const isSearched = membership.by === 'ball';
    return {
      isSearched,
      find: measureShares(mask, find),
      confirm: measureShares(mask, confirm, pickGroups(population, joinSides(confirm))),
    };
  });
  const verdicts = judgeShares(measured, q);
  const n = find.training.length + confirm.training.length;
  const found: Mismatch[] = [];
  const order = [...measured.keys()].sort((a, b) => verdicts[a]!.pValue - verdicts[b]!.pValue || a - b);
  for (const at of order) {
    const membership = cells[at]!;
    const shares = measured[at]!;
    const { isFound, pValue, qValue } = verdicts[at]!;
    if (!isFound) continue;
    // Evaluated again: the masks of a thousand cells of a million samples would fill the memory.
    const mask = evaluateMembership(membership, population);
    if (found.some((other) => overlap(other.mask, mask, confirm.heldOut) > MAX_OVERLAP)) continue;
    const training = shares.find.training + shares.confirm.training;
    const { heldOut, heldOutCount } = shares.confirm;
    const { shares: effective = shares.confirm } = shares.confirm.byGroups ?? {};
    const range = wilsonInterval(effective.heldOut, effective.heldOutCount, 0.8);
    const add = (share: number): number => (share * n - training) / (1 - share);
    found.push({
      membership,
      mask,
      training,
      heldOut,
      trainingShare: training / n,
      heldOutShare: heldOut / heldOutCount,
      pValue,
      qValue,
      parity: { add: add(heldOut / heldOutCount), low: add(range.low), high: add(range.high) },
    });
  }
  return { found, tried: measured.length };
}

/** Counts of a cell in the searching and the confirming part. */
export interface CellShares {
  readonly find: Shares;
  readonly confirm: Shares;
  /** Whether a search chose it. */
  readonly isSearched: boolean;
}

/**
 * Tests the shares of cells by Fisher's exact test. A cell is found if the searching part agrees, it has enough
 * members, and the factor between its shares is clearly large. The cells share the chance q of a false one: half of it
 * goes to the cells that a search chose, half to the others. In each half the cell of rank r in the searching part gets
 * the part 6 / (π r)² of it; these parts add up to 1 (weighted Bonferroni).
 */
export function judgeShares(
  cells: readonly CellShares[],
  q: number,
): { readonly isFound: boolean; readonly pValue: number; readonly qValue: number }[] {
  const pValues = cells.map(({ confirm }) => confirm.byGroups?.pValue ?? fisherTwoSided(toHits(confirm)));
  const searched = cells.map(({ find }) => fisherTwoSided(toHits(find)));
  const order = [...cells.keys()].sort((a, b) => searched[a]! - searched[b]! || a - b);
  const qValues = new Float64Array(cells.length);
  for (const isSearched of [true, false])
    order
      .filter((at) => cells[at]!.isSearched === isSearched)
      .forEach((at, rank) => {
        qValues[at] = Math.min(1, (pValues[at]! * 2 * (Math.PI * (rank + 1)) ** 2) / 6);
      });
  return cells.map(({ find, confirm }, at) => {
    const { training, trainingCount, heldOut, heldOutCount } = confirm;
    const ratio = estimateRatio(confirm.byGroups?.shares ?? confirm);
    const isUnder = ratio.low > 1;
    const expected = (training * heldOutCount) / trainingCount;
    const isFound =
      qValues[at]! <= q &&
      Math.max(ratio.low, 1 / ratio.high) >= MIN_BOUND &&
      Math.max(ratio.mean, 1 / ratio.mean) >= MIN_RATIO &&
      Math.max(heldOut, expected) >= MIN_HELD_OUT &&
      fisherGreater(toHits(isUnder ? find : swap(find))) <= FIND_LEVEL;
    return { isFound, pValue: pValues[at]!, qValue: qValues[at]! };
  });
}

const toHits = ({ training, trainingCount, heldOut, heldOutCount }: Shares) => ({
  insideHits: heldOut,
  insideCount: heldOutCount,
  outsideHits: training,
  outsideCount: trainingCount,
});

/** Training in place of held out. */
const swap = ({ training, trainingCount, heldOut, heldOutCount }: Shares): Shares => ({
  training: heldOut,
  trainingCount: heldOutCount,
  heldOut: training,
  heldOutCount: trainingCount,
});

/** Held-out share ÷ training share, 95 % interval from its logarithm, with half a member more (Walter 1975). */
function estimateRatio({
  training,
  trainingCount,
  heldOut,
  heldOutCount,
}: Shares): Interval & { readonly mean: number } {
  const [a, b] = [heldOut + 0.5, training + 0.5];
  const [n, m] = [heldOutCount + 0.5, trainingCount + 0.5];
  const log = Math.log(a / n / (b / m));
  const half = normalQuantile(0.975) * Math.sqrt(Math.max(0, 1 / a - 1 / n + 1 / b - 1 / m));
  return { mean: Math.exp(log), low: Math.exp(log - half), high: Math.exp(log + half) };
}

const joinSides = ({ training, heldOut }: Sides): Int32Array => Int32Array.from([...training, ...heldOut]);

/** `groups` has the training samples first, then the held-out ones. */
function measureShares(mask: Uint8Array, sides: Sides, groups?: Clusters): Shares {
  const { training, heldOut } = sides;
  const count = (rows: Int32Array): number => rows.reduce((sum, row) => sum + mask[row]!, 0);
  const shares = {
    training: count(training),
    trainingCount: training.length,
    heldOut: count(heldOut),
    heldOutCount: heldOut.length,
  };
  if (groups === undefined) return shares;
  const members = Float64Array.from(joinSides(sides), (row) => mask[row]!);
  const isHeldOut = Uint8Array.from(members, (_, at) => Number(at >= training.length));
  const [learned, held] = [0, training.length].map((from, side) => {
    const to = side === 0 ? training.length : members.length;
    return effectiveProportion(members.subarray(from, to), renumber(groups.subarray(from, to)));
  });
  const tails = [isHeldOut, isHeldOut.map((is) => 1 - is)].map((side) => testRates(members, side, groups));
  return {
    ...shares,
    byGroups: {
      shares: {
        training: learned!.successes,
        trainingCount: learned!.trials,
        heldOut: held!.successes,
        heldOutCount: held!.trials,
      },
      pValue: Math.min(1, 2 * Math.min(...tails)),
    },
  };
}

/** Shared part of the smaller of two groups, on some rows. */
function overlap(a: Uint8Array, b: Uint8Array, rows: Int32Array): number {
  let [both, inA, inB] = [0, 0, 0];
  for (const row of rows) {
    both += a[row]! & b[row]!;
    inA += a[row]!;
    inB += b[row]!;
  }
  return both / Math.max(1, Math.min(inA, inB));
}
