import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectNotes, notesUrl } from '../../test/notes.js';
import { busContract } from '../bus.contract.js';
import { PostgresBus } from './postgres-bus.js';

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
afterAll(async () => {
  await postgres.stop();
});

busContract('postgres', async () => {
  const url = await notesUrl(await postgres.createDatabase());
  const dbs = [connectNotes(url)];
  const buses = [new PostgresBus(dbs[0]!, { pollMs: 50 })];
  return {
    bus: buses[0]!,
    other: () => {
      const db = connectNotes(url);
      const bus = new PostgresBus(db, { pollMs: 50 });
      dbs.push(db);
      buses.push(bus);
      return bus;
    },
    forgetIds: async () => {
      await waitFor(async () => (await buses[0]!.prune(0)) > 0, {
        what: 'the bus to forget what was delivered',
      });
    },
    close: async () => {
      await Promise.all(buses.map((bus) => bus.close()));
      await Promise.all(dbs.map((db) => db.close()));
    },
  };
});

it('subscribes once the server responds, when it does not respond at first', async () => {
  const db = connectNotes(await notesUrl(await postgres.createDatabase()));
  const bus = new PostgresBus(db);
  process.kill(postgres.pid, 'SIGSTOP');
  const subscribed = bus.subscribe({ name: 'late__thing', event: 'test.Thing' }, () => Promise.resolve());
  try {
    // The subscription has waited for a connection for as long as this call, and more.
    await expect(db.ping()).rejects.toMatchObject({ reason: 'DATABASE_UNAVAILABLE' });
  } finally {
    process.kill(postgres.pid, 'SIGCONT');
  }
  await (await subscribed).stop();
  await bus.close();
  await db.close();
});
