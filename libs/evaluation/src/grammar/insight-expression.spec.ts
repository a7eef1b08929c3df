import { describe, expect, it } from 'vitest';
import { parseDocument, parseInsightExpectation } from '../index.js';

describe('an expectation about insights', () => {
  it('counts insights that meet conditions', () => {
    expect(parseInsightExpectation('count(insights, kind = to-label-next, severity >= 2) = 0')).toEqual({
      measure: 'insights',
      conditions: [
        { field: 'kind', comparator: '=', value: 'to-label-next' },
        { field: 'severity', comparator: '>=', value: 2 },
      ],
      ...{ comparator: '=', limit: 0 },
    });
  });

  it('counts samples, and names an insight that must be fixed', () => {
    expect(parseInsightExpectation('samples(insights) <= 40')).toEqual({
      ...{ measure: 'samples', conditions: [], comparator: '<=', limit: 40 },
    });
    expect(parseInsightExpectation('fixed("0190-a")')).toEqual({ measure: 'fixed', insightId: '0190-a' });
  });

  it.each([
    ['count(insights, severe = 2) = 0', 'position 17: expected one of kind, subkind'],
    ['count(insights, kind > a) = 0', 'position 22: expected = or !='],
    ['count(insights, state = hint) = 0', 'position 25: expected one of confirmed, audited'],
    ['count(insights, severity = high) = 0', 'position 28: expected a number'],
    ['count(insights) <= previous', 'position 20: expected a number; insights have no previous'],
    ['count(insights kind = a) = 0', 'position 16: expected ")" or a comma'],
    ['fixed(12)', 'position 7: expected the id of an insight in quotes'],
  ])('%s is refused with the position', (text, message) => {
    expect(() => parseInsightExpectation(text)).toThrow(message);
  });

  it('is a test of the whole run', () => {
    const test = { name: 'no leakage', expect: 'count(insights, kind = leakage) = 0' };
    expect(parseDocument({ version: 1, tests: [test] }).tests).toMatchObject([
      { kind: 'insights', ...test, expect: { limit: 0 } },
    ]);
    expect(() => parseDocument({ version: 1, tests: [{ ...test, where: 'split = test' }] })).toThrow(
      'tests[0].where: a test of insights is about all samples of the run',
    );
  });
});
