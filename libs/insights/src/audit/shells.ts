import { permutation, seededRandom } from '@noema/kernel/random';

/** Ends of the shells as shares of the ranked members, from the most suspicious ones outwards. */
const SHELL_ENDS = [0.01, 0.02, 0.04, 0.06, 0.1, 0.14, 0.2, 0.28, 0.38, 0.5, 0.64, 0.8, 1] as const;

/** Samples of a shell that people judge at first. */
export const VERDICTS_PER_SHELL = 10;
/** Verdicts of a whole audit, at most. */
export const MAX_VERDICTS = 130;

/** A stretch of a ranking, and random positions in it, of which people judge the first ones. */
export interface Shell {
  /** First position, and the one after the last. */
  readonly start: number;
  readonly end: number;
  /** At most 130 positions, in the order in which they are judged. */
  readonly sample: readonly number[];
}

/**
 * Divides a ranking of `members` samples into at most 13 shells with at least ten samples each, and orders each by
 * the seed. The last shell may have fewer, which are judged completely.
 */
export function drawShells(members: number, seed: number): Shell[] {
  const shells: Shell[] = [];
  let start = 0;
  for (const share of SHELL_ENDS) {
    const end = Math.round(share * members);
    const isLast = share === 1;
    if (end - start < VERDICTS_PER_SHELL && !isLast) continue;
    if (end > start) shells.push({ start, end, sample: drawPositions(start, end, seed) });
    start = end;
  }
  return shells;
}

function drawPositions(start: number, end: number, seed: number): number[] {
  const order = permutation(end - start, seededRandom(seed, start, end));
  return [...order.subarray(0, MAX_VERDICTS)].map((at) => start + at);
}
