import { type TestResult, TestStatus } from '@noema/contracts/noema/quality/v1/test_result';
import { count, value } from '../../parts/numbers.js';
import type { StateStyle } from '../../parts/states.js';

/** A verdict, or `unjudged` for a test without a result. */
export type VerdictName = 'pass' | 'fail' | 'undecided' | 'unjudged';

/** How each verdict is shown. */
export const VERDICT_LOOKS: Readonly<Record<VerdictName, StateStyle>> = {
  pass: { label: 'pass', color: 'green', look: 'done' },
  fail: { label: 'fail', color: 'red', look: 'failed' },
  undecided: { label: 'undecided', color: 'yellow', look: 'stopped' },
  unjudged: { label: 'not judged', color: 'gray', look: 'waits' },
};

const NAMES: Readonly<Record<TestStatus, VerdictName>> = {
  [TestStatus.UNSPECIFIED]: 'unjudged',
  [TestStatus.PASS]: 'pass',
  [TestStatus.FAIL]: 'fail',
  [TestStatus.UNDECIDED]: 'undecided',
};

export const readVerdict = (result: Pick<TestResult, 'status'> | undefined): VerdictName =>
  NAMES[result?.status ?? TestStatus.UNSPECIFIED];

/** The number of a result with its interval: `0.93 [0.91, 0.95]`; of a comparison, the interval of the difference. */
export function resultNumber({
  value: number,
  previous,
  interval,
}: Pick<TestResult, 'value' | 'previous' | 'interval'>): string {
  const ends = interval === undefined ? '' : `[${value(interval.low)}, ${value(interval.high)}]`;
  if (number === undefined) return 'no value';
  if (previous === undefined) return `${value(number)} ${ends}`.trim();
  return `${value(number)}, was ${value(previous)}${ends === '' ? '' : `, difference ${ends}`}`;
}

/** The number of samples that would decide an undecided result, as words; undefined where none is known. */
export const decidingText = ({ decidingN }: Pick<TestResult, 'decidingN'>): string | undefined =>
  decidingN === 0n ? undefined : `about ${count(Number(decidingN))} samples would decide it`;
