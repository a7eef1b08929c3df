import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Verdict } from '../audit/verdict.js';
import type { Insight } from './insight.js';
import { InsightService } from './insight.service.js';

const id = uuidv7();
let stored: Insight;
let verdicts: Map<number, Verdict>;
const find = (wanted: string) => Promise.resolve(wanted === id ? stored : undefined);
const service = new InsightService(
  memoryWork,
  {
    find,
    lock: find,
    list: () => Promise.resolve({ items: [stored], nextPageToken: '' }),
    update: (before, change) => {
      stored = { ...before, ...change, revision: before.revision + 1 };
      return Promise.resolve(stored);
    },
  },
  {
    members: () =>
      Promise.resolve({
        rows: Int32Array.of(3, 7),
        scores: undefined,
        suggested: undefined,
        groups: undefined,
        ownClasses: undefined,
      }),
    tables: () => Promise.resolve({ pairs: { row: [3] } }),
  },
  { list: () => Promise.resolve(verdicts) },
);
beforeEach(() => {
  stored = { id, foundState: 'confirmed', state: 'confirmed', note: 'a', revision: 1 } as Insight;
  verdicts = new Map();
});
const update = (change: Partial<Parameters<InsightService['update']>[2]>) =>
  service.update('team', id, { etag: '', ...change });

describe('an update', () => {
  it('changes the fields that it names, and is refused after another change', async () => {
    expect(await update({ etag: 'r1', state: 'dismissed' })).toMatchObject({ state: 'dismissed', note: 'a' });
    await expect(update({ etag: 'r1', note: 'b' })).rejects.toMatchObject({ reason: 'RESOURCE_CHANGED' });
  });

  it.each([
    [{ state: 'hint' }, 'STATE_NOT_SETTABLE'],
    [{ note: 'x'.repeat(10_001) }, 'NOTE_TOO_LONG'],
    [{ issueId: 'no id' }, 'REFERENCE_INVALID'],
    [{ sliceId: 'no id' }, 'REFERENCE_INVALID'],
  ] as const)('refuses %o', (change, reason) => {
    expect(() => update(change)).toThrow(expect.objectContaining({ reason }));
  });

  it('takes a decision back to what verdicts say', async () => {
    await update({ state: 'approved' });
    expect(await update({ state: 'confirmed' })).toMatchObject({ state: 'confirmed' });
    verdicts.set(7, 'wrong');
    expect(await update({ state: 'confirmed' })).toMatchObject({ state: 'audited' });
  });
});

it('has tables only when it is read alone, and does not exist for other ids', async () => {
  expect(await service.get('team', id)).toEqual({ insight: stored, tables: { pairs: { row: [3] } } });
  await expect(service.find('team', uuidv7())).rejects.toMatchObject({ kind: 'not-found' });
});

it('lists nothing for an id that is not valid', async () => {
  const list = (projectId: string) =>
    service.list(
      'team',
      { projectId, withHints: true, withOutdated: true },
      { pageSize: 0, pageToken: '', filter: '', orderBy: '' },
    );
  expect((await list('no id')).items).toEqual([]);
  expect((await list(uuidv7())).items).toEqual([stored]);
});
