import { checkRows } from '../evaluation.errors.js';
import type { Interval } from '../statistics/interval.js';
import { MomentTally, type Moments, meanInterval, meanPValue } from '../statistics/mean.js';
import { holm } from '../statistics/multiplicity.js';
import { mcnemarMidP, pairedDifferenceInterval } from '../statistics/paired.js';
import { wilsonInterval } from '../statistics/proportion.js';
import {
  CORRECTNESS_OUTCOMES,
  correctnessCode,
  NUMBER_OUTCOMES,
  numberCode,
  type Outcome,
  type VersionPair,
} from './version-pair.js';

/** A number with its interval of 95 %; NaN without samples. */
export interface Estimate {
  readonly value: number;
  /** Undefined where all samples have the same number, which leaves open how much other samples vary. */
  readonly interval: Interval | undefined;
}

/** A metric of the samples that both versions evaluate, and its difference, sample by sample. */
export interface MetricChange {
  /** `correct`, whose mean is the accuracy, or the name of a number. */
  readonly name: string;
  /** Number of samples that have the metric in both versions. */
  readonly n: number;
  readonly counts: Readonly<Partial<Record<Outcome, number>>>;
  readonly before: Estimate;
  readonly now: Estimate;
  /** Now − before. */
  readonly difference: Estimate;
  /** Of no difference: McNemar's mid-p of `correct`, Student's paired test of a number. */
  readonly pValue: number;
}

/** Compares all rows, or the rows for which `isIn` holds. Throws `invalid` COLUMN_LENGTHS_DIFFER. */
export function compareVersions(pair: VersionPair, isIn?: (row: number) => boolean): MetricChange[] {
  return compareGroups(pair, (row) => (isIn === undefined || isIn(row) ? 0 : -1), 1)[0]!;
}

/**
 * Compares each of `count` groups of rows in one pass; a row whose group is negative, or `count` and more, is in
 * none. Throws `invalid` COLUMN_LENGTHS_DIFFER.
 */
export function compareGroups(
  { rows, correct, numbers }: VersionPair,
  findGroup: (row: number) => number,
  count: number,
): MetricChange[][] {
  if (correct !== undefined) checkRows(rows, correct);
  for (const { before, now } of numbers) checkRows(rows, { before, now });
  const groups = Array.from({ length: count }, () => ({
    correct: correct === undefined ? undefined : new Float64Array(CORRECTNESS_OUTCOMES.length),
    numbers: numbers.map(() => new NumberTally()),
  }));
  for (let row = 0; row < rows; row++) {
    const group = groups[findGroup(row)];
    if (group === undefined) continue;
    if (correct !== undefined) {
      const code = correctnessCode(correct.before[row]!, correct.now[row]!);
      if (code >= 0) group.correct![code]!++;
    }
    for (let i = 0; i < numbers.length; i++)
      group.numbers[i]!.add(numbers[i]!.before[row]!, numbers[i]!.now[row]!);
  }
  return groups.map((group) => [
    ...(group.correct === undefined ? [] : [correctnessChange(group.correct)]),
    ...group.numbers.map((tally, i) => tally.change(numbers[i]!.name)),
  ]);
}

function correctnessChange(counted: Float64Array): MetricChange {
  const [correct, fixed, broken, wrong] = counted as unknown as [number, number, number, number];
  const n = correct + fixed + broken + wrong;
  const share = (successes: number): Estimate => ({
    value: successes / n,
    interval: wilsonInterval(successes, n),
  });
  return {
    name: 'correct',
    n,
    counts: { correct, fixed, broken, wrong },
    before: share(correct + broken),
    now: share(correct + fixed),
    difference: { value: (fixed - broken) / n, interval: pairedDifferenceInterval({ fixed, broken, n }) },
    pValue: mcnemarMidP({ fixed, broken, n }),
  };
}

class NumberTally {
  private readonly before = new MomentTally();
  private readonly now = new MomentTally();
  private readonly difference = new MomentTally();
  private readonly counts = new Float64Array(NUMBER_OUTCOMES.length);

  add(before: number, now: number): void {
    const code = numberCode(before, now);
    if (code < 0) return;
    this.counts[code]!++;
    this.before.add(before);
    this.now.add(now);
    this.difference.add(now - before);
  }

  change(name: string): MetricChange {
    const [lower, same, higher] = this.counts as unknown as [number, number, number];
    return {
      name,
      n: this.difference.n,
      counts: { lower, same, higher },
      before: estimateMean(this.before),
      now: estimateMean(this.now),
      difference: estimateMean(this.difference),
      pValue: meanPValue(this.difference),
    };
  }
}

const estimateMean = (moments: Moments): Estimate => ({
  value: moments.mean,
  interval: moments.deviation === 0 ? undefined : meanInterval(moments),
});

/** Share of families without any true difference in which a change may be flagged. */
const FAMILY_ERROR = 0.05;

/** A change of one of several groups. */
export interface FlaggedChange {
  /** p-value adjusted for the number of groups that have samples (Holm 1979); NaN without samples. */
  readonly adjustedP: number;
  readonly isFlagged: boolean;
}

/** Flags the changes of groups that stand out although many groups are looked at, in their order. */
export function flagChanges(changes: readonly Pick<MetricChange, 'n' | 'pValue'>[]): FlaggedChange[] {
  const adjusted = holm(changes.filter(({ n }) => n > 0).map(({ pValue }) => pValue));
  let next = 0;
  return changes.map(({ n }) => {
    const adjustedP = n > 0 ? adjusted[next++]! : NaN;
    return { adjustedP, isFlagged: adjustedP < FAMILY_ERROR };
  });
}
