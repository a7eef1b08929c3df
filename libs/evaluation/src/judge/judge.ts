import type { TestCase } from '../grammar/document.js';
import { type Comparator, formatAggregate } from '../grammar/expression.js';
import type { NumericField } from '../query/frame.js';
import { shortNumber } from '../short-number.js';
import { bootstrapMeanInterval } from '../statistics/bootstrap.js';
import { criticalValue, type Interval } from '../statistics/interval.js';
import { computeMoments, meanInterval, type Moments } from '../statistics/mean.js';
import { countPairs, pairedDifferenceInterval } from '../statistics/paired.js';
import { wilsonInterval } from '../statistics/proportion.js';
import { samplesToDecide } from '../statistics/sample-size.js';
import { newcombeInterval, type Proportion, welchInterval } from '../statistics/unpaired.js';

/** `undecided` when the limit lies inside the interval, or the samples cannot decide. */
export type Verdict = 'pass' | 'fail' | 'undecided';

/** The samples of a slice, as one version evaluates them. */
export interface JudgedSamples {
  /** Number of samples of the slice. */
  readonly count: number;
  /** The field of the aggregate, one value a sample of the slice; undefined for `count()`. */
  readonly field: NumericField | undefined;
}

export interface TestResult {
  readonly name: string;
  readonly verdict: Verdict;
  /** Number of samples that were compared. */
  readonly n: number;
  /** The number of the present version; NaN without samples. */
  readonly value: number;
  /** The number of the previous version, where the test names it. */
  readonly previous: number | undefined;
  /** Interval of the number that is compared, or of its difference to the previous one; undefined if exact. */
  readonly interval: Interval | undefined;
  /** Number of samples that would decide an undecided test; undefined where none is known. */
  readonly decidingN: number | undefined;
  /** The result as one sentence. */
  readonly summary: string;
}

/** An estimate that is compared with a limit. */
interface Estimate {
  readonly n: number;
  readonly estimate: number;
  readonly limit: number;
  readonly interval: Interval | undefined;
}

/** The samples as the previous version evaluates them. */
export interface PreviousSamples extends JudgedSamples {
  /** Whether they are the same samples in the same order. */
  readonly isAligned: boolean;
  /** Why the versions cannot be compared, in a sentence; undefined where they can. */
  readonly refusal?: string;
}

/** Resampling of more values than this is replaced by Student's interval, which agrees for many values. */
const MAX_RESAMPLED = 10_000;

/**
 * Judges a test by the samples of its slice. With `previous` given as the same samples in the same order, versions
 * are compared sample by sample; otherwise, or with `paired: false`, as independent samples.
 */
export function judgeTest(test: TestCase, current: JudgedSamples, previous?: PreviousSamples): TestResult {
  const { aggregate, limit } = test.expect;
  const value = computeAggregate(current, aggregate.name);
  const before =
    limit.previous && previous !== undefined && previous.refusal === undefined
      ? computeAggregate(previous, aggregate.name)
      : undefined;
  const undecided = (why: string, n: number, decidingN?: number): TestResult => ({
    name: test.name,
    verdict: 'undecided',
    n,
    value,
    previous: before,
    interval: undefined,
    decidingN,
    summary: `undecided: ${why}`,
  });
  if (limit.previous && previous === undefined)
    return undecided('there is no previous version to compare with', current.count);
  if (limit.previous && previous?.refusal !== undefined) return undecided(previous.refusal, current.count);
  const isAligned = previous?.isAligned === true;
  if (limit.previous && test.paired === true && !isAligned)
    return undecided(
      'the versions have different samples and cannot be paired; leave out paired',
      current.count,
    );
  const found =
    aggregate.name !== 'mean'
      ? exactEstimate(test, value, before, current.count)
      : !limit.previous
        ? meanEstimate(test, current)
        : isAligned && test.paired !== false
          ? pairedEstimate(test, current, previous)
          : unpairedEstimate(test, current, previous!);
  if (found.n === 0 && aggregate.name !== 'count')
    return undecided('the slice has no samples with a value', 0);
  if (found.n < test.minN) return undecided(`${found.n} samples, min_n is ${test.minN}`, found.n, test.minN);
  const verdict = decide(test.expect.comparator, found);
  const decidingN = verdict === 'undecided' ? samplesNeeded(found, test.interval / 100) : undefined;
  return {
    name: test.name,
    verdict,
    n: found.n,
    value,
    previous: before,
    interval: found.interval,
    decidingN,
    summary: summarize(test, { ...found, verdict, value, before, decidingN }),
  };
}

function computeAggregate({ count, field }: JudgedSamples, name: string): number {
  if (field === undefined) return count;
  const finite = Float64Array.from(field.values).filter(Number.isFinite);
  const sum = finite.reduce((total, value) => total + value, 0);
  if (name === 'sum') return sum;
  if (finite.length === 0) return NaN;
  if (name === 'mean') return sum / finite.length;
  return finite.reduce((most, value) => (name === 'min' ? Math.min(most, value) : Math.max(most, value)));
}

/** A count, sum, minimum or maximum is exact for the samples, so that it has no interval. */
function exactEstimate(
  { expect: { limit, aggregate } }: TestCase,
  value: number,
  before: number | undefined,
  count: number,
): Estimate {
  const isEmpty = aggregate.name !== 'count' && Number.isNaN(value);
  return {
    n: isEmpty ? 0 : count,
    estimate: value,
    limit: (before ?? 0) * limit.factor + limit.offset,
    interval: undefined,
  };
}

function meanEstimate({ expect: { limit }, interval }: TestCase, { field }: JudgedSamples): Estimate {
  const { n, mean } = computeMoments(field!.values);
  return {
    n,
    estimate: mean,
    limit: limit.offset,
    interval:
      n === 0
        ? undefined
        : field!.isBoolean
          ? wilsonInterval(Math.round(mean * n), n, interval / 100)
          : intervalOfMean(field!.values, interval / 100),
  };
}

function pairedEstimate(
  { expect: { limit }, interval }: TestCase,
  current: JudgedSamples,
  previous: JudgedSamples,
): Estimate {
  const now = current.field!;
  const before = previous.field!;
  const differences = Float64Array.from(now.values, (value, i) => value - limit.factor * before.values[i]!);
  const { n, mean } = computeMoments(differences);
  const isDifference = now.isBoolean && before.isBoolean && limit.factor === 1;
  const counts = countPairs(
    Uint8Array.from(before.values),
    Uint8Array.from(now.values),
    (row) => !Number.isNaN(differences[row]),
  );
  return {
    n,
    estimate: mean,
    limit: limit.offset,
    interval:
      n === 0
        ? undefined
        : isDifference
          ? pairedDifferenceInterval(counts, interval / 100)
          : intervalOfMean(differences, interval / 100),
  };
}

function unpairedEstimate(
  { expect: { limit }, interval }: TestCase,
  current: JudgedSamples,
  previous: JudgedSamples,
): Estimate {
  const now = computeMoments(current.field!.values);
  const before = computeMoments(Float64Array.from(previous.field!.values, (value) => value * limit.factor));
  // Welch's interval has no width where all samples of both versions are correct.
  const areShares = current.field!.isBoolean && previous.field!.isBoolean && limit.factor === 1;
  return {
    n: Math.min(now.n, before.n),
    estimate: now.mean - before.mean,
    limit: limit.offset,
    interval: areShares
      ? newcombeInterval(toProportion(now), toProportion(before), interval / 100)
      : welchInterval(now, before, interval / 100),
  };
}

const toProportion = ({ n, mean }: Moments): Proportion => ({
  successes: Math.round(mean * n || 0),
  trials: n,
});

const intervalOfMean = (values: Float32Array | Float64Array, confidence: number): Interval =>
  values.length <= MAX_RESAMPLED
    ? bootstrapMeanInterval(values, { confidence })
    : meanInterval(computeMoments(values), confidence);

function decide(comparator: Comparator, { estimate, limit, interval }: Estimate): Verdict {
  const { low, high } = interval ?? { low: estimate, high: estimate };
  const holds: Readonly<Record<Comparator, (value: number) => boolean>> = {
    '<': (value) => value < limit,
    '<=': (value) => value <= limit,
    '>': (value) => value > limit,
    '>=': (value) => value >= limit,
    '=': (value) => value === limit,
  };
  const [atLow, atHigh] = [holds[comparator](low), holds[comparator](high)];
  return atLow !== atHigh ? 'undecided' : atLow ? 'pass' : 'fail';
}

function samplesNeeded({ n, estimate, limit, interval }: Estimate, confidence: number): number | undefined {
  if (interval === undefined) return undefined;
  const standardError = (interval.high - interval.low) / (2 * criticalValue(confidence));
  return samplesToDecide({ n, distance: estimate - limit, standardError }, { confidence });
}

function summarize(
  test: TestCase,
  found: Estimate & {
    readonly verdict: Verdict;
    readonly value: number;
    readonly before: number | undefined;
    readonly decidingN: number | undefined;
  },
): string {
  const { value, before, interval, n, verdict, decidingN } = found;
  const ends = interval && `[${shortNumber(interval.low)}, ${shortNumber(interval.high)}]`;
  const difference = ends === undefined ? '' : `, difference ${shortNumber(found.estimate)} ${ends}`;
  const compared =
    before !== undefined
      ? `, previous ${shortNumber(before)}${difference}`
      : ends === undefined
        ? ''
        : ` ${ends}`;
  const needs =
    verdict !== 'undecided'
      ? ''
      : decidingN === undefined
        ? '; no number of samples would decide it, give it a margin'
        : `; about ${decidingN} samples would decide it`;
  const number = `${formatAggregate(test.expect.aggregate)} is ${shortNumber(value)}`;
  return `${verdict}: ${number}${compared} of ${n} samples, expected ${test.text}${needs}`;
}
