import {
  bootstrapMeanInterval,
  computeMoments,
  countPairs,
  type Interval,
  meanInterval,
  pairedDifferenceInterval,
  percentileInterval,
  wilsonInterval,
} from '@noema/evaluation';
import { seededRandom } from '@noema/kernel/random';

/** A number of an evaluation with the samples behind it. */
export interface Measure {
  readonly name: string;
  /** A share is shown as percent. */
  readonly isShare: boolean;
  readonly value: number;
  readonly n: number;
  /** 95 % interval; undefined without one, with the reason in `note`. */
  readonly interval?: Interval | undefined;
  readonly note?: string | undefined;
  /** This version minus the other one, on the samples that both have. */
  readonly difference?: Difference | undefined;
}

export interface Difference {
  readonly value: number;
  readonly n: number;
  readonly interval?: Interval | undefined;
  readonly note?: string | undefined;
}

/** Samples up to which intervals come from resampling. */
export const MAX_RESAMPLED = 5_000;
/** Samples up to which numbers that are no means are resampled. */
export const MAX_STATISTIC_ROWS = 20_000;
const STATISTIC_RESAMPLES = 1_000;

/** Interval of a mean: by resampling for few samples, which may be skewed, else Student's t. */
export function intervalOfMean(values: Float64Array): Interval {
  const finite = values.filter(Number.isFinite);
  return finite.length <= MAX_RESAMPLED
    ? bootstrapMeanInterval(finite)
    : meanInterval(computeMoments(finite));
}

/** The mean of the finite values, and its paired difference to the other version. */
export function measureMean(
  name: string,
  values: Float64Array,
  before?: Float64Array,
  more: Partial<Measure> = {},
): Measure {
  const { n, mean } = computeMoments(values);
  const whyNone =
    n < 2
      ? 'no interval with fewer than 2 samples'
      : isConstant(values)
        ? 'no interval: all samples have the same value'
        : undefined;
  return {
    name,
    isShare: false,
    value: mean,
    n,
    ...(whyNone === undefined ? { interval: intervalOfMean(values) } : { note: whyNone }),
    difference: before === undefined ? undefined : differenceOfMeans(values, before),
    ...more,
  };
}

/** The mean of the finite losses of `known` samples with ground truth. */
export function measureLoss(losses: Float64Array, before: Float64Array | undefined, known: number): Measure {
  const measure = measureMean('mean loss', losses, before);
  const left = known - measure.n;
  if (left <= 0) return measure;
  const note = `${left} ${left === 1 ? 'loss is' : 'losses are'} not finite and left out`;
  return { ...measure, note: measure.note === undefined ? note : `${measure.note}; ${note}` };
}

function differenceOfMeans(values: Float64Array, before: Float64Array): Difference {
  const differences = values.map((value, i) => value - before[i]!);
  const { n, mean } = computeMoments(differences);
  if (n >= 2 && isConstant(differences))
    return { value: mean, n, note: mean === 0 ? 'no sample changed' : 'all samples changed equally' };
  return { value: mean, n, interval: n < 2 ? undefined : intervalOfMean(differences) };
}

/** Whether all finite values are equal: nothing then says how much other samples vary. */
function isConstant(values: Float64Array): boolean {
  const finite = values.filter(Number.isFinite);
  return finite.every((value) => value === finite[0]);
}

/** A share of samples; 1, 0, or another number for a sample that does not count. */
export function measureShare(name: string, hits: Uint8Array, before?: Uint8Array): Measure {
  let [successes, n] = [0, 0];
  for (const hit of hits) {
    if (hit > 1) continue;
    n++;
    successes += hit;
  }
  return {
    name,
    isShare: true,
    value: successes / n,
    n,
    interval: n === 0 ? undefined : wilsonInterval(successes, n),
    difference: before === undefined ? undefined : differenceOfShares(hits, before),
  };
}

/** The paired difference of two shares, by the samples that changed. */
export function differenceOfShares(hits: Uint8Array, before: Uint8Array): Difference {
  const pairs = countPairs(before, hits, (row) => hits[row]! <= 1 && before[row]! <= 1);
  const { fixed, broken, n } = pairs;
  return {
    value: (fixed - broken) / n,
    n,
    interval: n === 0 ? undefined : pairedDifferenceInterval(pairs),
    note: `${fixed} fixed, ${broken} broken`,
  };
}

/**
 * Interval of a statistic of the sums of columns, by resampling rows: 1,000 × rows × columns additions; undefined
 * for more than 20,000 rows or fewer than two, and where the statistic of a resample is not finite: quantiles of the
 * other ones would be too narrow.
 */
export function intervalOfStatistic(
  columns: readonly Float64Array[],
  statistic: (sums: readonly number[], n: number) => number,
): Interval | undefined {
  const n = columns[0]?.length ?? 0;
  if (n < 2 || n > MAX_STATISTIC_ROWS) return undefined;
  const random = seededRandom(0);
  const replicates = new Float64Array(STATISTIC_RESAMPLES).map(() => {
    const sums = columns.map(() => 0);
    for (let i = 0; i < n; i++) {
      const row = Math.floor(random() * n);
      for (let c = 0; c < columns.length; c++) sums[c]! += columns[c]![row]!;
    }
    return statistic(sums, n);
  });
  return replicates.every(Number.isFinite) ? percentileInterval(replicates) : undefined;
}
