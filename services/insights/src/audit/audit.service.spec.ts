import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Insight } from '../insight/insight.js';
import type { Member, OpenInsight } from '../insight/member.service.js';
import { AuditService } from './audit.service.js';
import type { SampleVerdict, Verdict } from './verdict.js';

const id = uuidv7();
const rows = Int32Array.of(5, 2, 8);
const ann = { teamId: 'team', subject: 'ann' };
let insight: Insight;
let verdicts: Map<number, Verdict>;
const service = new AuditService(
  memoryWork,
  {
    lock: () => Promise.resolve(insight),
    update: (before, change) => {
      insight = { ...before, ...change };
      return Promise.resolve(insight);
    },
  },
  {
    list: () => Promise.resolve(verdicts),
    save: (_insight, given) => {
      for (const { row, verdict } of given)
        if (verdict === undefined) verdicts.delete(row);
        else verdicts.set(row, verdict);
      return Promise.resolve();
    },
  },
  {
    open: () => Promise.resolve({ insight, members: { rows }, verdicts } as unknown as OpenInsight),
    describe: (_team, _open, positions) =>
      Promise.resolve(positions.map((position) => ({ position }) as Member)),
  },
);
beforeEach(() => {
  insight = { id, foundState: 'confirmed', state: 'confirmed' } as Insight;
  verdicts = new Map();
});
const record = (...given: SampleVerdict[]) => service.record(ann, id, given);

describe('verdicts', () => {
  it('audit an insight until the last one is taken back', async () => {
    await record({ row: 2, verdict: 'wrong' });
    expect(insight).toMatchObject({ state: 'audited', verdictCount: 1 });
    await record({ row: 2, verdict: undefined });
    expect(insight).toMatchObject({ state: 'confirmed', verdictCount: 0 });
  });

  it('leave the decision of a member', async () => {
    insight = { ...insight, state: 'dismissed' };
    await record({ row: 2, verdict: 'wrong' });
    expect(insight).toMatchObject({ state: 'dismissed', verdictCount: 1 });
  });

  it.each<[string, SampleVerdict[], string]>([
    ['none', [], 'VERDICTS_INVALID'],
    [
      'two on one row',
      [
        { row: 2, verdict: 'wrong' },
        { row: 2, verdict: 'right' },
      ],
      'VERDICTS_INVALID',
    ],
    ['one on another sample', [{ row: 3, verdict: 'wrong' }], 'SAMPLE_NOT_IN_INSIGHT'],
  ])('are refused: %s', async (_, given, reason) => {
    await expect(record(...given)).rejects.toMatchObject({ reason });
    expect(verdicts.size).toBe(0);
  });
});

it('names the samples to judge next', async () => {
  const { summary, next } = await service.get('team', id, 2);
  expect(next.map(({ position }) => position)).toEqual(summary.next.slice(0, 2));
});
