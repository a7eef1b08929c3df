import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectWidgets, type Widgets, widgetsUrl } from '../test/widgets.js';
import { type Database, WakeLoop } from './index.js';

const POLL_MS = 40;
let postgres: TestPostgres;
let db: Database<Widgets>;

beforeAll(async () => {
  postgres = await startPostgres();
  db = connectWidgets(await widgetsUrl(await postgres.createDatabase()));
});
afterAll(async () => {
  await db.close();
  await postgres.stop();
});

describe('a loop that waits for work', () => {
  it('looks less and less often while there is none, and at once when it is woken', async () => {
    const looks: number[] = [];
    const work = (): Promise<boolean> => {
      looks.push(performance.now());
      return Promise.resolve(false);
    };
    const loop = await new WakeLoop({
      db,
      channel: 'wake_loop_test',
      pollMs: POLL_MS,
      work,
      onError: (error) => {
        throw error;
      },
    }).start();
    try {
      await waitFor(() => Promise.resolve(looks.length > 8));
      const gaps = looks.slice(1, 8).map((at, i) => at - looks[i]!);
      expect(gaps.at(-1)).toBeGreaterThanOrEqual(4 * POLL_MS - 1);
      const before = looks.length;
      await db.runSystem(() => sql`select pg_notify('wake_loop_test', 'now')`.execute(db.tx()));
      await waitFor(() => Promise.resolve(looks.length > before));
    } finally {
      await loop.stop();
    }
  });

  it('goes on without waiting while there is work', async () => {
    let left = 5;
    const loop = await new WakeLoop({
      db,
      channel: 'wake_loop_work',
      pollMs: 60_000,
      work: () => Promise.resolve(--left > 0),
      onError: (error) => {
        throw error;
      },
    }).start();
    try {
      await waitFor(() => Promise.resolve(left <= 0));
    } finally {
      await loop.stop();
    }
  });
});
