import { randomUUID } from 'node:crypto';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { assertRowLevelSecurity, type Database } from '@noema/postgres';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { connectNotes, NoteWritten, notesUrl } from '../test/notes.js';
import type { Bus, BusMessage } from './bus.js';
import { consume, Outbox, OutboxRelay, PostgresBus } from './index.js';

let postgres: TestPostgres;
let adminUrl: string;
let db: Database<unknown>;
let bus: PostgresBus;
let outbox: Outbox;
const team = randomUUID();

beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});
beforeEach(async () => {
  adminUrl = await postgres.createDatabase();
  db = connectNotes(await notesUrl(adminUrl));
  bus = new PostgresBus(db, { pollMs: 50 });
  outbox = new Outbox(db);
});
afterEach(async () => {
  await bus.close();
  await db.close();
});

const write = (text: string) => db.run(team, () => outbox.publish(NoteWritten, { value: text }));
const collect = async (): Promise<string[]> => {
  const got: string[] = [];
  await consume(bus, db, {
    consumer: 'reader__note_written',
    event: NoteWritten,
    handler: (body) => {
      got.push(body.value);
      return Promise.resolve();
    },
  });
  return got;
};
const waiting = async (): Promise<number> =>
  Number(
    (
      await db.runSystem(() =>
        sql<{ n: string }>`select count(*) as n from outbox where published_at is null`.execute(db.tx()),
      )
    ).rows[0]!.n,
  );

it('announces what was committed and only that', async () => {
  const got = await collect();
  const relay = await new OutboxRelay({ db, bus }).start();
  await expect(
    db.run(team, async () => {
      await outbox.publish(NoteWritten, { value: 'lost' });
      throw new Error('no');
    }),
  ).rejects.toThrow();
  await write('kept');
  await waitFor(() => got.length > 0);
  await relay.stop();
  expect(got).toEqual(['kept']);
});

it('gives the handler the team and runs it in its transaction', async () => {
  const seen: unknown[] = [];
  await consume(bus, db, {
    consumer: 'reader__note_written',
    event: NoteWritten,
    handler: (_body, meta) => {
      seen.push([db.teamId(), meta.teamId]);
      return Promise.resolve();
    },
  });
  await write('x');
  await new OutboxRelay({ db, bus }).relay();
  await waitFor(() => seen.length > 0);
  expect(seen).toEqual([[team, team]]);
});

it('RELIABILITY 3: outside of the dedupe window the inbox makes a second delivery do nothing', async () => {
  const got = await collect();
  const relay = new OutboxRelay({ db, bus });
  await write('once');
  await relay.relay();
  await waitFor(() => got.length === 1);
  await waitFor(async () => (await bus.prune(0)) === 1, { what: 'the bus to forget the message' });
  expect(await relay.republish(new Date(0))).toBe(1);
  await write('next');
  await relay.relay();
  await waitFor(() => got.includes('next'));
  expect(got).toEqual(['once', 'next']);
});

it('RELIABILITY 4: while the bus is down the service accepts; it is announced after recovery', async () => {
  let down = true;
  const flaky: Bus = Object.assign(Object.create(bus) as Bus, {
    publish: (m: readonly BusMessage[]) => (down ? Promise.reject(new Error('bus down')) : bus.publish(m)),
  });
  const relay = await new OutboxRelay({ db, bus: flaky, pollMs: 20 }).start();
  const got = await collect();
  await write('patient');
  await waitFor(async () => (await waiting()) === 1);
  down = false;
  await waitFor(() => got.length === 1);
  await relay.stop();
  expect(await waiting()).toBe(0);
});

it('RELIABILITY 23: a relay that dies between publish and mark leaves no duplicate', async () => {
  const got = await collect();
  const dies: Bus = Object.assign(Object.create(bus) as Bus, {
    publish: async (m: readonly BusMessage[]) => {
      await bus.publish(m);
      throw new Error('killed');
    },
  });
  await write('a');
  await expect(new OutboxRelay({ db, bus: dies }).relay()).rejects.toThrow('killed');
  expect(await waiting()).toBe(1);
  expect(await new OutboxRelay({ db, bus }).relay()).toBe(1);
  await write('b');
  await new OutboxRelay({ db, bus }).relay();
  await waitFor(() => got.includes('b'));
  expect(got).toEqual(['a', 'b']);
});

it('RELIABILITY 24: two relays publish each row once', async () => {
  const published: string[] = [];
  const counting: Bus = Object.assign(Object.create(bus) as Bus, {
    publish: (m: readonly BusMessage[]) => {
      published.push(...m.map((x) => x.id));
      return bus.publish(m);
    },
  });
  await db.run(team, async () => {
    for (let i = 0; i < 50; i++) await outbox.publish(NoteWritten, { value: String(i) });
  });
  const relays = [1, 2].map(() => new OutboxRelay({ db, bus: counting, batch: 5 }));
  await Promise.all(relays.map((relay) => relay.start()));
  await waitFor(async () => (await waiting()) === 0);
  await Promise.all(relays.map((relay) => relay.stop()));
  expect(published).toHaveLength(50);
  expect(new Set(published).size).toBe(50);
});

it('RELIABILITY 6: relay and consumer go on after Postgres was restarted', async () => {
  const got = await collect();
  const relay = await new OutboxRelay({ db, bus, pollMs: 50 }).start();
  await write('before');
  await waitFor(() => got.includes('before'));
  await postgres.restart('immediate');
  await waitFor(() => write('after').then(() => true));
  await waitFor(() => got.includes('after'));
  await relay.stop();
  expect(got.filter((t) => t === 'before')).toHaveLength(1);
});

it('RELIABILITY 28: every table with a team keeps teams apart', async () => {
  await assertRowLevelSecurity(adminUrl, 'notes');
  await assertRowLevelSecurity(adminUrl, 'bus');
});
