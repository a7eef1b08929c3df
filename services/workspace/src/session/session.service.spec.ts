import { uuidv7 } from '@noema/kernel';
import { memoryWork } from '@noema/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { memorySessions, TEAM } from '../../test/memory-workspace.js';
import { SessionService } from './session.service.js';

const ann = { teamId: TEAM, subject: 'ann' };
const DAY_MS = 24 * 3600 * 1000;

let stored: ReturnType<typeof memorySessions>;
let sessions: SessionService;
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-05-01T12:00:00Z') });
  stored = memorySessions();
  sessions = new SessionService(memoryWork, stored);
});
afterEach(() => {
  vi.useRealTimers();
});

it('accepts a session until it ends, and a call without one', async () => {
  const [id, other] = [uuidv7(), uuidv7()];
  await sessions.check(id);
  await sessions.end(ann, id);
  await expect(sessions.check(id)).rejects.toMatchObject({ reason: 'SESSION_INVALID' });
  await sessions.check(other);
  await sessions.check('');
});

it('deletes an ended session after 31 days, when no gateway uses it any more', async () => {
  const [id, endMs] = [uuidv7(), Date.now()];
  await sessions.end(ann, id);
  vi.setSystemTime(endMs + 31 * DAY_MS);
  await sessions.end(ann, uuidv7());
  expect(stored.ended.has(id)).toBe(true);
  vi.setSystemTime(endMs + 31 * DAY_MS + 1);
  await sessions.end(ann, uuidv7());
  expect(stored.ended.has(id)).toBe(false);
});

it.each(['x', '0190a3c2-7c1e-7b6a-9d1f'])('rejects the id "%s" and stores nothing', async (id) => {
  const invalid = { kind: 'invalid', reason: 'SESSION_ID_INVALID' };
  await expect(sessions.end(ann, id)).rejects.toMatchObject(invalid);
  await expect(sessions.check(id)).rejects.toMatchObject(invalid);
  expect(stored.ended.size).toBe(0);
});
