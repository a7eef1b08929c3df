import type { MessageInitShape } from '@bufbuild/protobuf';
import { type TestResultSchema, TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import type { TestCase, TestResult, Verdict } from '@noema/evaluation';

const STATUSES: Readonly<Record<Verdict, TestStatus>> = {
  pass: TestStatus.PASS,
  fail: TestStatus.FAIL,
  undecided: TestStatus.UNDECIDED,
};

/** Returns a result as SaveTestResults takes it. */
export function toResultMessage(
  result: TestResult,
  test: TestCase,
): Exclude<MessageInitShape<typeof TestResultSchema>, { readonly $typeName: string }> {
  const { name, verdict, n, value, previous, interval, decidingN, summary } = result;
  const limit = findLimit(test, previous);
  return {
    testName: name,
    status: STATUSES[verdict],
    ...(Number.isFinite(value) && { value }),
    ...(previous !== undefined && Number.isFinite(previous) && { previous }),
    ...(interval !== undefined && { interval: { low: interval.low, high: interval.high } }),
    n: BigInt(n),
    ...(limit !== undefined && { limit }),
    decidingN: BigInt(decidingN ?? 0),
    reason: summary,
  };
}

/** Returns the number that a test compares with; undefined if it is the number of a missing baseline. */
function findLimit({ expect: { limit } }: TestCase, previous: number | undefined): number | undefined {
  if (!limit.previous) return limit.offset;
  const scaled = (previous ?? NaN) * limit.factor + limit.offset;
  return Number.isFinite(scaled) ? scaled : undefined;
}
