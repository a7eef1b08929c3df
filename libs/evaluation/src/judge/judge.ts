import type { SampleTest } from '../grammar/document.js';
import type { Interval } from '../statistics/interval.js';
import { exactEstimate, meanEstimate, pairedEstimate, unpairedEstimate } from './estimate.js';
import { computeAggregate, type JudgedSamples, type PreviousSamples } from './judged-samples.js';
import { summarize } from './summary.js';
import { decide, samplesNeeded, type Verdict } from './verdict.js';

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

/**
 * Judges a test by the samples of its slice. With `previous` given as the same samples in the same order, versions
 * are compared sample by sample; otherwise, or with `paired: false`, as independent samples.
 */
export function judgeTest(test: SampleTest, current: JudgedSamples, previous?: PreviousSamples): TestResult {
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
