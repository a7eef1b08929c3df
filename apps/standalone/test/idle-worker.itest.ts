import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres, temporaryDirectory, type TestPostgres, waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LogFile } from '../src/log-file.js';
import { QueueWatch } from '../src/queue-watch.js';
import { SupervisedProcess } from '../src/supervised-process.js';
import { WorkerLoading } from '../src/worker-loading.js';

let server: TestPostgres;
let client: pg.Client;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let log: LogFile;
let worker: SupervisedProcess;
let watch: QueueWatch;
const heard: string[] = [];

/** A worker that waits under a supervisor, and what lets it load: the queue of training. */
beforeAll(async () => {
  server = await startPostgres();
  client = new pg.Client(server.url);
  await client.connect();
  await client.query('CREATE SCHEMA training; CREATE TABLE training.shard (state text NOT NULL)');
  directory = await temporaryDirectory();
  log = new LogFile(directory.path, 'child');
  worker = new SupervisedProcess({
    name: 'training-worker',
    run: { module: fileURLToPath(new URL('./retiring-child.js', import.meta.url)) },
    env: {},
    log,
    waits: true,
    onChange: () => undefined,
  });
  const hosted = {
    go: () => worker.go(),
    onRest: (callback: () => void) => {
      worker.onRest = callback;
    },
  };
  const loading = new WorkerLoading([{ service: 'training', workers: [hosted] }], 1, (service) => {
    watch.look(service);
  });
  watch = new QueueWatch({
    adminUrl: server.url,
    services: ['training'],
    onWork: (service) => {
      heard.push(service);
      loading.want(service);
    },
    onError: () => undefined,
  });
  worker.start();
  void watch.run();
});
afterAll(async () => {
  await watch.stop();
  await worker.stop(5_000);
  log.close();
  await client.end();
  await server.stop();
  await directory.remove();
});
beforeEach(() => {
  heard.length = 0;
});

const queue = () =>
  client.query("INSERT INTO training.shard VALUES ('queued'); NOTIFY noema_jobs_training, 'queued:1'");
const finish = () => client.query("UPDATE training.shard SET state = 'done'");
const hasLoaded = (pid: number): boolean =>
  readFileSync(join(directory.path, 'child.jsonl'), 'utf8').includes(`loaded ${pid}`);

/** The worker ends with code 0, as one does that was idle; returns the process number of the next one. */
async function endIdle(): Promise<number> {
  const pid = worker.pid!;
  process.kill(pid, 'SIGUSR2');
  await waitFor(() => worker.pid !== pid, { what: 'the next worker' });
  return worker.pid!;
}

it('waits until there is work, and again after it was idle', async () => {
  const first = worker.pid!;
  expect(hasLoaded(first)).toBe(false);
  await queue();
  await waitFor(() => worker.isAtWork, { what: 'the first load' });
  expect(worker.pid).toBe(first);
  await finish();
  const looks = heard.length;
  const second = await endIdle();
  // Whatever wakes it now has to come from the queue.
  await queue();
  await waitFor(() => worker.isAtWork, { what: 'the second load' });
  expect([worker.pid, worker.state, worker.restarts, hasLoaded(second)]).toEqual([
    second,
    'running',
    0,
    true,
  ]);
  expect(heard.length).toBeGreaterThan(looks);
  await finish();
});

it('loads again at once when work was queued while it ended', async () => {
  await queue();
  await waitFor(() => heard.length === 1, { what: 'the notification' });
  expect(worker.isAtWork).toBe(true); // so that the notification woke nothing
  const next = await endIdle();
  await waitFor(() => worker.isAtWork, { what: 'the next load' });
  expect([worker.pid, heard.length]).toEqual([next, 2]);
  await finish();
});

it('loads at once after a crash, although there is no work', async () => {
  const pid = worker.pid!;
  process.kill(pid, 'SIGKILL');
  await waitFor(() => worker.pid !== pid && worker.isAtWork, { what: 'the next load' });
  expect([worker.restarts, heard]).toEqual([1, []]);
});
