import { randomUUID } from 'node:crypto';
import type { Database } from '@noema/postgres';
import { hasNats, startNats, startPostgres, type TestNats, type TestPostgres } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import { consume, type JetStreamBus, Outbox, OutboxRelay } from '../src/index.js';
import { busOn, empty, operate, type Operator } from './nats.js';
import { connectNotes, NoteWritten, notesUrl } from './notes.js';

/**
 * One Postgres and one NATS for a test file; a database, an empty server and a bus for each test. Import what
 * a test needs; the bindings follow.
 */
export let nats: TestNats;
export let operator: Operator;
export let db: Database<unknown>;
export let bus: JetStreamBus;
export let outbox: Outbox;
export const team = randomUUID();
const ends: (() => Promise<void>)[] = [];

export const noServer = !hasNats();

/** Registers the hooks; call it once in a suite that is skipped when there is no server. */
export function useNotesOnNats(): void {
  let postgres: TestPostgres;
  beforeAll(async () => {
    [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
  });
  afterAll(async () => {
    await Promise.all([postgres.stop(), nats.stop()]);
  });
  beforeEach(async () => {
    db = connectNotes(await notesUrl(await postgres.createDatabase()));
    operator = await operate(nats);
    await empty(operator);
    bus = busOn(nats);
    outbox = new Outbox(db);
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    await bus.close();
    await operator.nc.close();
    await db.close();
  });
}

/** Ends it after the test. */
export function ending<T extends { stop(): Promise<void> }>(thing: T): T {
  ends.push(() => thing.stop());
  return thing;
}

export const write = (text: string): Promise<string> =>
  db.run(team, () => outbox.publish(NoteWritten, { value: text }));

/** Starts a relay that looks often. */
export const relaying = async (): Promise<OutboxRelay> =>
  ending(await new OutboxRelay({ db, bus, pollMs: 50 }).start());

/** The notes that took effect at a consumer, in order. */
export async function collect(consumer = 'reader__note_written', on: JetStreamBus = bus): Promise<string[]> {
  const got: string[] = [];
  await consume(on, db, {
    consumer,
    event: NoteWritten,
    handler: (body) => {
      got.push(body.value);
      return Promise.resolve();
    },
  });
  return got;
}

export const waiting = async (): Promise<number> =>
  Number(
    (
      await db.runSystem(() =>
        sql<{ n: string }>`select count(*) as n from outbox where published_at is null`.execute(db.tx()),
      )
    ).rows[0]!.n,
  );
