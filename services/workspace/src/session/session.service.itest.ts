import { migrateService, serviceUrl } from '@noema/host';
import { uuidv7 } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { startPostgres, type TestPostgres } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { workspace } from '../index.js';
import type { WorkspaceSchema } from '../schema.js';
import { SessionRepository } from './session.repository.js';
import { SessionService } from './session.service.js';

const DAY_MS = 24 * 3600 * 1000;
const ENDED = { kind: 'unauthenticated', reason: 'SESSION_INVALID' };
const [alpha, beta] = [uuidv7(), uuidv7()];
const actor = { teamId: alpha, subject: 'ann' };

let postgres: TestPostgres;
let db: Database<WorkspaceSchema>;
let sessions: SessionService;

beforeAll(async () => {
  postgres = await startPostgres();
  const adminUrl = await postgres.createDatabase();
  const url = serviceUrl(adminUrl, 'workspace', 'secret');
  await migrateService({ name: 'workspace', migrations: workspace.migrations, adminUrl, url });
  db = Database.connect<WorkspaceSchema>({ url, schema: 'workspace' });
  sessions = new SessionService(db, new SessionRepository(db));
});
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: new Date('2026-05-01T12:00:00Z') });
});
afterAll(async () => {
  vi.useRealTimers();
  await db.close();
  await postgres.stop();
});

const check = (sessionId: string, teamId = alpha): Promise<void> =>
  db.run(teamId, () => sessions.check(sessionId));
const readEndTime = (sessionId: string): Promise<Date | undefined> =>
  db.run(
    alpha,
    async () =>
      (
        await db
          .tx()
          .selectFrom('ended_session')
          .select('ended_at')
          .where('id', '=', sessionId)
          .executeTakeFirst()
      )?.ended_at,
  );

describe('SessionService', () => {
  it('accepts a session until it ends, and refuses it in every team from then on', async () => {
    const [id, other] = [uuidv7(), uuidv7()];
    await check(id);
    await sessions.end(actor, id);
    for (const team of [alpha, beta]) await expect(check(id, team)).rejects.toMatchObject(ENDED);
    await check(other);
  });

  it('accepts a call without a session, whatever has ended', async () => {
    await sessions.end(actor, uuidv7());
    await check('');
  });

  it('keeps the time at which a session ended first', async () => {
    const id = uuidv7();
    const first = new Date();
    await sessions.end(actor, id);
    vi.setSystemTime(first.getTime() + DAY_MS);
    await sessions.end({ teamId: beta, subject: 'ben' }, id);
    expect(await readEndTime(id)).toEqual(first);
    await expect(check(id)).rejects.toMatchObject(ENDED);
  });

  it('keeps an ended session for as long as a gateway may use it, 30 days, and deletes it after 31', async () => {
    const id = uuidv7();
    const endMs = Date.now();
    await sessions.end(actor, id);
    for (const days of [30, 31]) {
      vi.setSystemTime(endMs + days * DAY_MS);
      await sessions.end(actor, uuidv7());
      await expect(check(id)).rejects.toMatchObject(ENDED);
    }
    vi.setSystemTime(endMs + 31 * DAY_MS + 1);
    await sessions.end(actor, uuidv7());
    expect(await readEndTime(id)).toBeUndefined();
  });

  it.each(['x', '0190a3c2-7c1e-7b6a-9d1f', "' or true --"])(
    'rejects the id "%s", which is not a UUID, and stores nothing',
    async (id) => {
      const rows = (): Promise<unknown> =>
        db.run(
          alpha,
          async () => (await sql`select count(*)::int as n from ended_session`.execute(db.tx())).rows,
        );
      const before = await rows();
      const invalid = {
        kind: 'invalid',
        reason: 'SESSION_ID_INVALID',
        violations: [{ field: 'session_id' }],
      };
      await expect(sessions.end(actor, id)).rejects.toMatchObject(invalid);
      await expect(check(id)).rejects.toMatchObject(invalid);
      expect(await rows()).toEqual(before);
    },
  );

  it('rejects an empty id where a session is to end', async () => {
    await expect(sessions.end(actor, '')).rejects.toMatchObject({ reason: 'SESSION_ID_INVALID' });
  });
});
