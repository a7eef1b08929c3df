import { expect, it } from 'vitest';
import { formatChange, formatCount, formatPoints, formatShare, shorten } from './numbers.js';

it('counts set thousands apart, and have their noun', () => {
  expect([formatCount(10_000), formatCount(1, 'pair'), formatCount(0, 'pair')]).toEqual([
    '10,000',
    '1 pair',
    '0 pairs',
  ]);
  expect(formatCount(70_000, 'sample')).toBe('70,000 samples');
});

it('numbers have three digits that matter', () => {
  const numbers = [12_345, 0.074_26, -0.5, -0, 3.214e-7, Infinity, NaN];
  expect(numbers.map(shorten)).toEqual(['12,300', '0.0743', '−0.5', '0', '3.21E−7', '∞', 'NaN']);
});

it('shares have at most one decimal, and no rounding makes them none or all', () => {
  const shares = [0.613, 0.12, 1, 0, 0.0004, 0.9996, 0.0021];
  expect(shares.map(formatShare)).toEqual([
    '61.3%',
    '12%',
    '100%',
    '0%',
    'less than 0.1%',
    'more than 99.9%',
    '0.2%',
  ]);
});

it('differences of shares are points', () => {
  expect(formatChange(0.12, { low: 0.1012, high: 0.149 }, true)).toBe('12 points (95%: 10.1 to 14.9 points)');
  expect(formatChange(0.12, { low: -0.1, high: 2000 }, false)).toBe('0.12 (95%: −0.1 to 2,000)');
  expect([0.123_45, -0.01, 0.01, 0.002_43, 0.000_013, 0].map(formatPoints)).toEqual([
    '12.3 points',
    '−1 points',
    '1 point',
    '0.24 points',
    '0.0013 points',
    '0 points',
  ]);
});
