import type { SampleTest } from '../grammar/document.js';
import { bootstrapMeanInterval } from '../statistics/bootstrap.js';
import type { Interval } from '../statistics/interval.js';
import { computeMoments, meanInterval, type Moments } from '../statistics/mean.js';
import { countPairs, pairedDifferenceInterval } from '../statistics/paired.js';
import { wilsonInterval } from '../statistics/proportion.js';
import { newcombeInterval, type Proportion, welchInterval } from '../statistics/unpaired.js';
import type { JudgedSamples } from './judged-samples.js';

/** An estimate that is compared with a limit. */
export interface Estimate {
  readonly n: number;
  readonly estimate: number;
  readonly limit: number;
  readonly interval: Interval | undefined;
}

/** Resampling of more values than this is replaced by Student's interval, which agrees for many values. */
const MAX_RESAMPLED = 10_000;

/** A count, sum, minimum or maximum is exact for the samples, so that it has no interval. */
export function exactEstimate(
  { expect: { limit, aggregate } }: SampleTest,
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

/** The mean of one version: of shares with the interval of Wilson. */
export function meanEstimate(
  { expect: { limit }, interval }: SampleTest,
  { field }: JudgedSamples,
): Estimate {
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

/** The mean of the differences of the same samples. */
export function pairedEstimate(
  { expect: { limit }, interval }: SampleTest,
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

/** The difference of the means of independent samples. */
export function unpairedEstimate(
  { expect: { limit }, interval }: SampleTest,
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
