import { MAX_REASON } from '@noema/evaluation';
import { testResultInvalid, testResultsDiffer } from './test-result.errors.js';
import type { JudgedTest } from './test-result.js';

/**
 * Returns the results in the order of the tests of a suite. Throws `invalid` TEST_RESULTS_DIFFER unless each test
 * has one result, TEST_RESULT_INVALID for numbers that no judgement gives.
 */
export function orderResults(
  suite: { readonly displayName: string; readonly testNames: readonly string[] },
  results: readonly JudgedTest[],
): JudgedTest[] {
  const names = new Set(suite.testNames);
  const byName = new Map(results.map((result) => [result.testName, result]));
  const missing = suite.testNames.filter((name) => !byName.has(name));
  const other = results
    .filter((result) => !names.has(result.testName) || byName.get(result.testName) !== result)
    .map(({ testName }) => testName);
  if (missing.length > 0 || other.length > 0) throw testResultsDiffer(suite.displayName, missing, other);
  for (const result of results) checkResult(result);
  return suite.testNames.map((name) => byName.get(name)!);
}

function checkResult({ testName, value, previous, interval, limit, n, decidingN, reason }: JudgedTest): void {
  for (const [name, number] of Object.entries({ value, previous, limit, ...interval }))
    if (number !== undefined && !Number.isFinite(number))
      throw testResultInvalid(testName, `has the ${name} ${number}; leave out a number that is not finite`);
  if (interval !== undefined && interval.low > interval.high)
    throw testResultInvalid(testName, `has an interval from ${interval.low} down to ${interval.high}`);
  if (![n, decidingN].every((count) => Number.isSafeInteger(count) && count >= 0))
    throw testResultInvalid(testName, 'has a number of samples below 0 or above 2^53 - 1');
  if (reason.trim() === '') throw testResultInvalid(testName, 'has no reason; write one sentence');
  if (reason.length > MAX_REASON)
    throw testResultInvalid(
      testName,
      `has a reason of ${reason.length} characters; at most ${MAX_REASON} are kept`,
    );
}
