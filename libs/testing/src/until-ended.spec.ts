import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { RunState } from '@noema/contracts/noema/training/v1/run';
import { describe, expect, it } from 'vitest';
import { hasEnded, untilEnded } from './until-ended.js';

describe('hasEnded', () => {
  it.each([
    ['JOB_STATE', JobState, ['CANCELLED', 'SUCCEEDED', 'FAILED']],
    ['RUN_STATE', RunState, ['STOPPED', 'SUCCEEDED', 'FAILED']],
  ])(
    'is true for the final states of %s and for no other, by number and by name',
    (prefix, states, final) => {
      const names = Object.values(states).filter((name): name is string => typeof name === 'string');
      expect(names.filter((name) => hasEnded({ state: `${prefix}_${name}` }))).toEqual(final);
      expect(names.filter((name) => hasEnded({ state: states[name as keyof typeof states] }))).toEqual(final);
    },
  );
});

describe('untilEnded', () => {
  it('returns the resource that is the first in a final state', async () => {
    const read = [undefined, { state: JobState.QUEUED, n: 1 }, { state: JobState.FAILED, n: 2 }];
    expect(await untilEnded(() => Promise.resolve(read.shift()))).toEqual({ state: JobState.FAILED, n: 2 });
  });
  it('throws what it waited for and the last state when time is over', async () => {
    await expect(
      untilEnded(() => Promise.resolve({ state: JobState.RUNNING }), { timeoutMs: 30, what: 'map 7' }),
    ).rejects.toThrow(/map 7 did not come true within 30 ms; .*state 2/);
  });
});
