import type { MessageInitShape } from '@bufbuild/protobuf';
import { timestampFromDate } from '@bufbuild/protobuf/wkt';
import {
  type TestResult as Message,
  type TestResultSchema,
  TestStatus as Status,
} from '@noema/contracts/noema/quality/v1/test_result';
import { testResultInvalid } from './test-result.errors.js';
import type { JudgedTest, TestResult, TestStatus } from './test-result.js';

const STATUSES: Readonly<Record<TestStatus, Status>> = {
  pass: Status.PASS,
  fail: Status.FAIL,
  undecided: Status.UNDECIDED,
};

/** Throws `invalid` TEST_RESULT_INVALID without a status. */
export function toJudgedTest(message: Message): JudgedTest {
  const { testName, value, previous, interval, n, limit, decidingN, reason } = message;
  const status = (Object.keys(STATUSES) as TestStatus[]).find((name) => STATUSES[name] === message.status);
  if (status === undefined) throw testResultInvalid(testName, 'has no status; write pass, fail or undecided');
  return {
    testName,
    status,
    value,
    previous,
    interval: interval && { low: interval.low, high: interval.high },
    n: Number(n),
    limit,
    decidingN: Number(decidingN),
    reason,
  };
}

export const testResultMessage = ({
  runCreateTime: _,
  status,
  value,
  previous,
  interval,
  limit,
  n,
  decidingN,
  createTime,
  isOutdated,
  ...result
}: TestResult): MessageInitShape<typeof TestResultSchema> => ({
  ...result,
  status: STATUSES[status],
  ...(value !== undefined && { value }),
  ...(previous !== undefined && { previous }),
  ...(interval !== undefined && { interval }),
  ...(limit !== undefined && { limit }),
  n: BigInt(n),
  decidingN: BigInt(decidingN),
  createTime: timestampFromDate(createTime),
  outdated: isOutdated,
});
