import { describe, expect, it } from 'vitest';
import {
  type InsightTest,
  judgeInsightCount,
  type JudgedInsights,
  parseDocument,
  toJudgedTest,
} from '../index.js';

const parse = (text: string): InsightTest =>
  parseDocument({ version: 1, tests: [{ name: 'a', expect: text }] }).tests[0] as InsightTest;

const judged = (value: number, over: Partial<JudgedInsights> = {}): JudgedInsights => ({
  ...{ n: 1000, value, bounds: { low: value, high: value }, sentences: [], gaps: [], notes: [] },
  ...over,
});

describe('the test of a number of insights', () => {
  it.each([
    ['count(insights) = 0', 0, 'pass'],
    ['count(insights) = 0', 1, 'fail'],
    ['count(insights, severity >= 2) <= 2', 2, 'pass'],
    ['count(insights, severity >= 2) < 2', 2, 'fail'],
  ])('%s with %i insights is %s', (text, value, verdict) => {
    const result = judgeInsightCount(parse(text), judged(value));
    expect(result).toMatchObject({ verdict, value, n: 1000, interval: undefined });
    expect(result.summary).toContain(`${verdict}: ${value} insights among 1000 searched samples, expected`);
  });

  it.each([
    ['count(insights) = 0', 0, 'undecided'],
    ['count(insights) = 0', 1, 'fail'],
    ['count(insights) <= 2', 2, 'undecided'],
    ['count(insights) <= 2', 3, 'fail'],
    ['count(insights) >= 2', 2, 'pass'],
    ['count(insights) = 2', 1, 'undecided'],
  ])('%s with %i insights and a kind that failed is %s', (text, value, verdict) => {
    const gaps = ['Leakage failed: out of memory'];
    const test = parse(text);
    const result = judgeInsightCount(test, judged(value, { gaps }));
    expect(result.verdict).toBe(verdict);
    expect(result.summary).toContain('; Leakage failed: out of memory');
    expect(toJudgedTest(test, result)).toMatchObject({ interval: undefined, limit: limit(text) });
  });

  it.each([
    [40, 'undecided'],
    [60, 'pass'],
    [19, 'fail'],
  ])('of samples with a bracket of 20 to 60 against %i is %s', (most, verdict) => {
    const bounds = { low: 20, high: 60 };
    const result = judgeInsightCount(
      parse(`samples(insights, kind = mislabelled) <= ${most}`),
      judged(60, { bounds }),
    );
    expect(result).toMatchObject({ verdict, interval: bounds });
    expect(result.summary).toContain('60 samples of insights [20, 60] among 1000');
  });

  it('quotes the three most severe insights', () => {
    const sentences = ['One.', 'Two.', 'Three.', 'Four.', 'Five.'];
    const { summary } = judgeInsightCount(parse('count(insights) = 0'), judged(5, { sentences }));
    expect(summary).toMatch(/; One; Two; Three; and 2 more$/);
  });
});

const limit = (text: string): number => Number(/\d+$/.exec(text)![0]);
