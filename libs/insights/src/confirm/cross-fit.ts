import { seededRandom } from '@noema/kernel/random';
import { evaluateMembership } from '../finding/members.js';
import type { Population } from '../population/population.js';
import { permuteGroups } from '../statistics/clusters.js';
import { type Candidate, selectSuspects, type Suspect } from './candidate.js';
import { describeGroup, isWorthAttention, type Verdict } from './confirm-suspects.js';
import { measureGroup } from './measure.js';
import { judgeRows, type Outcomes } from './outcomes.js';

export const FOLDS = 5;
const SUSPECTS_PER_FOLD = 10;
const PERMUTATIONS = 199;
/** Members of a fold below which a suspect cannot be judged. */
const MIN_MEMBERS = 3;
/** An adjusted chance up to this leaves a hint. */
const HINT = 0.5;
const CONFIDENCE = 0.95;
/** Largest chance by the tests of a fold alone: its errors must agree with its losses. */
const MIN_EVIDENCE = 0.05;

interface Fitted {
  readonly suspect: Suspect;
  readonly fold: Fold;
  readonly inside: Uint8Array;
  /** Rows of the members in all fifths, as a text. */
  readonly members: string;
  readonly statistic: number;
}

interface Fold {
  readonly outcomes: Outcomes;
  /** Residuals of the fold in some order; permuted for the null distribution. */
  readonly residuals: Float64Array;
}

/**
 * Confirms where a half is too small: five searches on four fifths of the samples, each tested on its own fifth. The
 * chance is that the largest of all statistics (max-T, Westfall & Young 1993) is as large when the residuals of each
 * fifth are permuted, by whole groups of samples, which holds for any dependence of the groups. A group that several
 * searches find is returned once, with the numbers of the fifth in which it is clearest.
 */
export async function crossFit(
  population: Population,
  folds: readonly Int32Array[],
  options: {
    readonly q: number;
    readonly seed: number;
    readonly search: (outcomes: Outcomes) => Promise<Candidate[]>;
  },
): Promise<{ readonly verdicts: Verdict[]; readonly tried: number }> {
  const { q, seed, search } = options;
  const fitted: Fitted[] = [];
  for (const [at, rows] of folds.entries()) {
    const others = Int32Array.from(folds.flatMap((fold, i) => (i === at ? [] : [...fold]))).sort();
    const seen = judgeRows(population, others);
    const outcomes = judgeRows(population, rows);
    const fold = { outcomes, residuals: outcomes.residuals };
    for (const suspect of selectSuspects(await search(seen), seen, SUSPECTS_PER_FOLD)) {
      const mask = evaluateMembership(suspect.membership, population);
      const inside = Uint8Array.from(rows, (row) => mask[row]!);
      fitted.push({
        suspect: { ...suspect, parent: undefined },
        fold,
        inside,
        members: folds.flatMap((all) => [...all].filter((row) => mask[row] === 1)).join(),
        statistic: standardise(fold.residuals, inside),
      });
    }
  }
  const largest = drawLargest(fitted, seed);
  const strongest = keepStrongest(fitted);
  const verdicts = fitted.flatMap(({ suspect, fold, inside, statistic }, at): Verdict[] => {
    const chance = (1 + largest.filter((value) => value >= statistic).length) / (PERMUTATIONS + 1);
    if (!(statistic > 0 && chance <= HINT) || !strongest.has(suspect)) return [];
    const measure = measureGroup(fold.outcomes, inside);
    const verdict = describeGroup(fold.outcomes, {
      suspect,
      inside,
      measure,
      confidence: CONFIDENCE,
      seed: seed + at,
    });
    const isConfirmed =
      chance <= q && measure.pValue <= MIN_EVIDENCE && isWorthAttention(measure, fold.outcomes);
    return [{ ...verdict, state: isConfirmed ? 'confirmed' : 'hint', pValue: chance, qValue: chance }];
  });
  return { verdicts, tried: fitted.length };
}

/** Of suspects with the same members, which several searches find, returns the one with the largest statistic. */
function keepStrongest(fitted: readonly Fitted[]): ReadonlySet<Suspect> {
  const strongest = new Map<string, Fitted>();
  for (const one of fitted) {
    const other = strongest.get(one.members);
    if (other === undefined || one.statistic > other.statistic) strongest.set(one.members, one);
  }
  return new Set([...strongest.values()].map(({ suspect }) => suspect));
}

/** Returns the largest statistic of all suspects for each permutation. */
function drawLargest(fitted: readonly Fitted[], seed: number): number[] {
  const random = seededRandom(seed, 5);
  const folds = [...new Set(fitted.map(({ fold }) => fold))];
  return Array.from({ length: PERMUTATIONS }, () => {
    const permuted = new Map(
      folds.map((fold) => {
        const order = permuteGroups(fold.residuals.length, fold.outcomes.groups, random);
        return [fold, fold.residuals.map((_, at) => fold.residuals[order[at]!]!)] as const;
      }),
    );
    return fitted.reduce(
      (most, { fold, inside }) => Math.max(most, standardise(permuted.get(fold)!, inside)),
      -Infinity,
    );
  });
}

/** Returns the sum of the residuals inside, less its expectation, in standard deviations under permutation. */
function standardise(residuals: Float64Array, inside: Uint8Array): number {
  const n = residuals.length;
  let [sum, squares, own, members] = [0, 0, 0, 0];
  for (let at = 0; at < n; at++) {
    sum += residuals[at]!;
    squares += residuals[at]! ** 2;
    own += inside[at]! * residuals[at]!;
    members += inside[at]!;
  }
  if (members < MIN_MEMBERS || n - members < MIN_MEMBERS) return -Infinity;
  const variance = (squares - (sum * sum) / n) / (n - 1);
  if (!(variance > 0)) return -Infinity;
  return (own - (members * sum) / n) / Math.sqrt((variance * members * (n - members)) / n);
}
