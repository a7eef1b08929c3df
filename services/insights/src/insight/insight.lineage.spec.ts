import { signMembers } from '@noema/insights';
import { expect, it } from 'vitest';
import { describeChange, matchEarlier } from './insight.lineage.js';

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i);
const signed = (keys: readonly number[], subkind = '') => ({ subkind, signature: signMembers(keys) });

it('matches each insight with the earlier one that has most of its samples, once', () => {
  const earlier = [signed(range(0, 100)), signed(range(500, 600)), signed(range(10, 100))];
  const now = [signed(range(10, 100)), signed(range(0, 100)), signed(range(900, 950))];
  expect(matchEarlier(now, earlier)).toEqual([earlier[2], earlier[0], undefined]);
});

it('distinguishes cases of a kind, and samples of which less than half are shared', () => {
  expect(matchEarlier([signed(range(0, 50), 'near')], [signed(range(0, 50), 'exact')])).toEqual([undefined]);
  expect(matchEarlier([signed(range(0, 100))], [signed(range(70, 170))])).toEqual([undefined]);
});

it.each([
  [110, 'grew'],
  [109, 'stayed'],
  [91, 'stayed'],
  [90, 'shrank'],
] as const)('of 100 samples that are %i it %s', (count, change) => {
  expect(describeChange(count, { memberCount: 100 })).toBe(change);
});
