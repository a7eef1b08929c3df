import type { InsightTest } from '../grammar/document.js';
import type { Interval } from '../statistics/interval.js';
import { shortNumber } from '../short-number.js';
import type { TestResult } from './judge.js';
import { decide } from './verdict.js';

/** The insights of a run that meet the conditions of a test. */
export interface JudgedInsights {
  /** Number of samples that the search covered. */
  readonly n: number;
  /** The number of the expectation: of insights, or of samples. */
  readonly value: number;
  /** Possible values of the number; equal ends where it is exact. */
  readonly bounds: Interval;
  /** Sentences of the insights, the most severe first. */
  readonly sentences: readonly string[];
  /** Sentences on what was not searched although the test is about it: the number may be larger. */
  readonly gaps: readonly string[];
  /** Further sentences that a reader must know. */
  readonly notes: readonly string[];
}

/** Insights that a result quotes. */
const MAX_QUOTED = 3;

/** The result of a test that cannot be judged, with the reason. */
export const undecidedTest = (name: string, why: string, n = 0): TestResult => ({
  name,
  verdict: 'undecided',
  n,
  value: NaN,
  previous: undefined,
  interval: undefined,
  decidingN: undefined,
  summary: `undecided: ${why}`,
});

/** Judges a number of insights. A gap leaves the number open above. */
export function judgeInsightCount(
  { name, text, expect }: InsightTest,
  { n, value, bounds, sentences, gaps, notes }: JudgedInsights,
): TestResult {
  if (expect.measure === 'fixed') throw new Error('fixed has no number; judge it by judgeInsightFixed');
  const interval = gaps.length === 0 ? bounds : { low: bounds.low, high: Infinity };
  const isExact = interval.low === interval.high;
  const verdict = decide(expect.comparator, { n, estimate: value, limit: expect.limit, interval });
  const ends =
    isExact || gaps.length > 0 ? '' : ` [${shortNumber(interval.low)}, ${shortNumber(interval.high)}]`;
  const what = expect.measure === 'insights' ? 'insights' : 'samples of insights';
  const number = `${shortNumber(value)} ${what}${ends} among ${n} searched samples, expected ${text}`;
  return {
    ...undecidedTest(name, '', n),
    verdict,
    value,
    interval: isExact ? undefined : interval,
    summary: [`${verdict}: ${number}`, ...gaps, ...quote(sentences), ...notes].join('; '),
  };
}

function quote(sentences: readonly string[]): string[] {
  const quoted = sentences.slice(0, MAX_QUOTED).map((sentence) => sentence.replace(/\.$/, ''));
  const rest = sentences.length - quoted.length;
  return rest > 0 ? [...quoted, `and ${rest} more`] : quoted;
}
