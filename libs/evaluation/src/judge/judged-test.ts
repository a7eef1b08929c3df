import type { TestCase } from '../grammar/document.js';
import type { TestResult } from './judge.js';
import type { Verdict } from './verdict.js';

/** Longest reason that is stored. */
export const MAX_REASON = 2000;

/** Result of a test in its stored form: every number is finite. */
export interface JudgedTest {
  readonly testName: string;
  readonly status: Verdict;
  /** Undefined without a sample with a value. */
  readonly value: number | undefined;
  /** Number of the baseline; undefined if the test does not name it. */
  readonly previous: number | undefined;
  /** Interval of the number that is compared; undefined if the number is exact. */
  readonly interval: { readonly low: number; readonly high: number } | undefined;
  readonly n: number;
  /** Number that the expectation compares with; undefined if it is unknown. */
  readonly limit: number | undefined;
  /** Number of samples that would decide; 0 if it is unknown. */
  readonly decidingN: number;
  readonly reason: string;
}

/** Returns the stored form of the results of a document. */
export const toJudgedTests = (
  { tests }: { readonly tests: readonly TestCase[] },
  results: readonly TestResult[],
): JudgedTest[] => tests.map((test, at) => toJudgedTest(test, results[at]!));

/** Returns the stored form of a result. */
export function toJudgedTest(test: TestCase, result: TestResult): JudgedTest {
  const { name, verdict, n, value, previous, interval, decidingN = 0, summary } = result;
  const hasEnds = interval !== undefined && Number.isFinite(interval.low) && Number.isFinite(interval.high);
  return {
    testName: name,
    status: verdict,
    value: finite(value),
    previous: finite(previous),
    interval: hasEnds ? { low: interval.low, high: interval.high } : undefined,
    n,
    limit: findLimit(test, previous),
    decidingN: Math.min(decidingN, Number.MAX_SAFE_INTEGER),
    reason: summary.slice(0, MAX_REASON),
  };
}

const finite = (value = NaN): number | undefined => (Number.isFinite(value) ? value : undefined);

/** Returns the number that a test compares with; undefined if it is the number of a missing baseline. */
function findLimit(test: TestCase, previous: number | undefined): number | undefined {
  if (test.kind === 'insights') return test.expect.measure === 'fixed' ? undefined : test.expect.limit;
  const { limit } = test.expect;
  return limit.previous ? finite((previous ?? NaN) * limit.factor + limit.offset) : limit.offset;
}
