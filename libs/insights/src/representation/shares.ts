import { benjaminiYekutieli, wilsonInterval } from '@noema/evaluation';
import { evaluateMembership } from '../finding/members.js';
import type { Membership } from '../finding/membership.js';
import type { Population } from '../population/population.js';
import { gTest } from '../statistics/g-test.js';

/** Shares that differ by less than this factor are no finding; fewer held-out members say too little. */
const [MIN_RATIO, MIN_HELD_OUT] = [1.25, 10];
/** Groups are one where they share more than this part of the members of the smaller one. */
const MAX_OVERLAP = 0.3;

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

/** Tests all cells. Returns the cells with another share, the surest first, one of several that overlap. */
export function findMismatches(
  population: Population,
  cells: readonly Membership[],
  { training, heldOut }: { readonly training: Int32Array; readonly heldOut: Int32Array },
  q: number,
): { readonly found: Mismatch[]; readonly tried: number } {
  const measured = cells.map((membership) => {
    const mask = evaluateMembership(membership, population);
    const count = (rows: Int32Array): number => rows.reduce((sum, row) => sum + mask[row]!, 0);
    return { membership, mask, training: count(training), heldOut: count(heldOut) };
  });
  const [n, m] = [training.length, heldOut.length];
  const tested = measured.flatMap((one) => {
    const result = gTest([
      [one.training, n - one.training],
      [one.heldOut, m - one.heldOut],
    ]);
    return result === undefined ? [] : [{ ...one, pValue: result.pValue }];
  });
  const qValues = benjaminiYekutieli(tested.map(({ pValue }) => pValue));
  const found: Mismatch[] = [];
  const order = [...tested.keys()].sort((a, b) => tested[a]!.pValue - tested[b]!.pValue || a - b);
  for (const at of order) {
    const one = tested[at]!;
    const [trainingShare, heldOutShare] = [one.training / n, one.heldOut / m];
    const ratio = Math.max(trainingShare / heldOutShare, heldOutShare / trainingShare);
    if (qValues[at]! > q || ratio < MIN_RATIO || Math.max(one.heldOut, (one.training * m) / n) < MIN_HELD_OUT)
      continue;
    if (found.some(({ mask }) => overlap(mask, one.mask, heldOut) > MAX_OVERLAP)) continue;
    const range = wilsonInterval(one.heldOut, m, 0.8);
    const add = (share: number): number => (share * n - one.training) / (1 - share);
    const parity = { add: add(heldOutShare), low: add(range.low), high: add(range.high) };
    found.push({ ...one, trainingShare, heldOutShare, qValue: qValues[at]!, parity });
  }
  return { found, tried: tested.length };
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
