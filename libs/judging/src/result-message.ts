import type { MessageInitShape } from '@bufbuild/protobuf';
import { type TestResultSchema, TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { type TestCase, type TestResult, toJudgedTest, type Verdict } from '@noema/evaluation';

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
  const { status, value, previous, interval, limit, n, decidingN, ...rest } = toJudgedTest(test, result);
  return {
    ...rest,
    status: STATUSES[status],
    ...(value !== undefined && { value }),
    ...(previous !== undefined && { previous }),
    ...(interval !== undefined && { interval }),
    n: BigInt(n),
    ...(limit !== undefined && { limit }),
    decidingN: BigInt(decidingN),
  };
}
