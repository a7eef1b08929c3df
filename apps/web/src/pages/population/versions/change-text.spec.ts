import type { MetricChange } from '@noema/evaluation';
import { expect, it } from 'vitest';
import { differenceInterval, differenceText, metricInterval, metricText, pText } from './change-text.js';

const change = (name: string, n: number, [a, b, low, high]: readonly number[]): MetricChange => ({
  name,
  n,
  counts: {},
  before: { value: a!, interval: { low: a! - 0.01, high: a! + 0.01 } },
  now: { value: b!, interval: { low: b!, high: b! } },
  difference: { value: b! - a!, interval: { low: low!, high: high! } },
  pValue: 1,
});

it('accuracies are percent, and their differences points', () => {
  const accuracy = change('correct', 90, [0.9, 0.912, -0.004, 0.028]);
  expect(metricText('correct', accuracy.before)).toBe('90.00%');
  expect(metricInterval(accuracy, accuracy.before)).toBe('[89.0, 91.0]');
  expect(differenceText(accuracy)).toBe('+1.20');
  expect(differenceInterval(accuracy)).toBe('[−0.4, +2.8]');
});

it('losses are numbers with their digits that matter', () => {
  const loss = change('loss', 90, [0.0838, 0.0813, -0.02191, 0.017]);
  expect(metricText('loss', loss.before)).toBe('0.0838');
  expect(differenceText(loss)).toBe('−0.0025');
  expect(differenceInterval(loss)).toBe('[−0.022, +0.017]');
});

it('equal numbers have the reason in place of an interval', () => {
  const zeros = { ...change('loss', 9, [0, 0, 0, 0]), before: { value: 0, interval: undefined } };
  expect(metricInterval(zeros, zeros.before)).toBe('all equal');
});

it('samples that are missing leave no number and no interval', () => {
  const empty = change('correct', 0, [NaN, NaN, -1, 1]);
  expect(metricText('correct', empty.before)).toBe('–');
  expect(differenceText(empty)).toBe('–');
  expect(differenceInterval(empty)).toBe('no interval');
  expect([pText(NaN), pText(1e-9), pText(0.01234)]).toEqual(['no p', 'p < 0.0001', 'p = 0.012']);
});
