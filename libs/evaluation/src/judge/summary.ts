import type { SampleTest } from '../grammar/document.js';
import { formatAggregate } from '../grammar/expression.js';
import { shortNumber } from '../short-number.js';
import type { Estimate } from './estimate.js';
import type { Verdict } from './verdict.js';

/** The result of a test as one sentence. */
export function summarize(
  test: SampleTest,
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
