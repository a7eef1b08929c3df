import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { startCluster } from '@noema/embedded-postgres';
import { eventsMigrations } from '@noema/events';
import { jobsMigrations, JobStore, runWorker } from '@noema/jobs';
import { Database, migrate } from '@noema/postgres';
import { waitFor } from '@noema/testing';

/**
 * Shards without work that the queue hands out and takes back a second, on a PostgreSQL that writes to disk
 * as in production, with this many workers asking.
 */
export async function queueRate(shards: number, workers: number): Promise<number> {
  const directory = mkdtempSync(join(tmpdir(), 'noema-queue-'));
  const cluster = await startCluster({ directory: join(directory, 'data'), password: 'bench' });
  try {
    const url = new URL(await cluster.createDatabase('noema'));
    await migrate({
      adminUrl: url.href,
      schema: 'works',
      role: 'noema_works',
      rolePassword: 'works',
      directories: [eventsMigrations, jobsMigrations],
    });
    Object.assign(url, { username: 'noema_works', password: 'works' });
    const db = Database.connect<unknown>({ url: url.href, schema: 'works', maxConnections: workers + 4 });
    const store = new JobStore(db);
    const teamId = randomUUID();
    const kind = {
      kind: 'works.nothing',
      stages: [
        { name: 'nothing', run: () => Promise.resolve({ result: null, commit: () => Promise.resolve() }) },
      ],
    };
    const id = await store.create({ kind: kind.kind, teamId, subjectId: 'nothing', payload: {}, shards });
    const started = performance.now();
    const worker = await runWorker({ db, kinds: [kind], workerId: 'bench', concurrency: workers });
    await waitFor(async () => (await store.get(teamId, id)).endedAt, {
      timeoutMs: 600_000,
      intervalMs: 100,
      what: 'the empty shards',
    });
    const seconds = (performance.now() - started) / 1000;
    await worker.stop();
    await db.close();
    return shards / seconds;
  } finally {
    await cluster.stop('immediate');
    rmSync(directory, { recursive: true, force: true, maxRetries: 3 });
  }
}
