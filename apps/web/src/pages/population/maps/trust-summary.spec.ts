import { expect, it } from 'vitest';
import { summarizeTrust } from './trust-summary.js';

const trust = (trustworthiness: number, continuity: number) => ({ trustworthiness, continuity });

it('shows the lower of trustworthiness and continuity, and calls it good, fair or low', () => {
  expect(summarizeTrust(trust(0.986, 0.991), [])).toEqual({ value: '98.6%', grade: 'good' });
  expect(summarizeTrust(trust(0.99, 0.95), [])).toEqual({ value: '95%', grade: 'good' });
  expect(summarizeTrust(trust(0.99, 0.9), [])).toEqual({ value: '90%', grade: 'fair' });
  expect(summarizeTrust(trust(0.7, 0.9), [])).toEqual({ value: '70%', grade: 'low' });
});

it('calls a map low that is no better than random positions', () => {
  const warnings = [{ reason: 'NO_BETTER_THAN_RANDOM' }];
  expect(summarizeTrust(trust(0.96, 0.97), warnings).grade).toBe('low');
  expect(summarizeTrust(trust(0.96, 0.97), [{ reason: 'FEW_SAMPLES' }]).grade).toBe('good');
});

it('has no grade before anything is measured', () => {
  expect(summarizeTrust(undefined, [])).toEqual({ value: '–', grade: undefined });
  expect(summarizeTrust(trust(NaN, 0.9), [])).toEqual({ value: '–', grade: undefined });
});
