import { existsSync, readFileSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlatformState } from '@noema/standalone';
import { temporaryDirectory, waitFor } from '@noema/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { noema, noemaJson, startNoema, startNoemaWith } from '../src/command-line.js';
import { processLives } from '../src/process-lives.js';

const INTEGRATION = fileURLToPath(new URL('../src/fixtures/blobs.integration.js', import.meta.url));
/** A worker that waits is Node.js alone, 45 MB; one that has loaded its program takes 100 MB and more. */
const WAITING_BYTES = 70e6;

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
beforeEach(async () => {
  directory = await temporaryDirectory();
});
afterEach(async () => {
  await noema(directory.path, 'down');
  await directory.remove();
});

const state = (): PlatformState =>
  JSON.parse(readFileSync(join(directory.path, 'platform.json'), 'utf8')) as PlatformState;
const pids = ({ pid, postgres, services, workers }: PlatformState): number[] => [
  ...new Set([pid, postgres.pid, ...[...services, ...workers].map((p) => p.pid)]),
];

it('comes up, refuses a second one on its directory and its port, and leaves nothing behind', async () => {
  const { url } = await noemaJson<{ url: string }>(directory.path, 'up', '--port', '0');
  expect((await fetch(`${url}/readyz`)).status).toBe(200);
  expect((await stat(join(directory.path, 'credentials.json'))).mode & 0o777).toBe(0o600);

  const second = await noema(directory.path, 'up', '--port', '0');
  expect(second.code).toBe(6);
  expect(second.stderr).toContain(String(state().pid));
  expect(second.stderr).toContain(directory.path);

  const other = await temporaryDirectory();
  const { port } = new URL(url);
  const taken = await noema(other.path, 'up', '--port', port);
  expect(taken.code).toBe(6);
  expect(taken.stderr).toContain(`port ${port}`);
  await other.remove();

  const running = pids(state());
  expect(running.every(processLives)).toBe(true);
  expect(
    readFileSync(`/proc/${state().pid}/environ`, 'latin1').split('\0'),
    'the platform itself gives freed memory back',
  ).toContain('MALLOC_TRIM_THRESHOLD_=4194304');
  expect((await noema(directory.path, 'down')).code).toBe(0);
  expect(running.filter(processLives)).toEqual([]);
  expect((await noema(directory.path, 'status')).code).toBe(5);
}, 180_000);

it('RELIABILITY 6: starts a killed worker and a killed PostgreSQL again', async () => {
  const { url } = await noemaJson<{ url: string }>(directory.path, 'up', '--port', '0');
  const worker = state().workers.find((w) => w.name === 'datasets-worker')!;
  process.kill(worker.pid, 'SIGKILL');
  await waitFor(() => {
    const now = state().workers.find((w) => w.name === 'datasets-worker')!;
    return now.pid !== worker.pid && now.state === 'running' && now.restarts === 1;
  });
  const postgres = state().postgres;
  process.kill(postgres.pid, 'SIGKILL');
  await waitFor(() => state().postgres.pid !== postgres.pid && state().postgres.port === postgres.port);
  const key = (
    JSON.parse(readFileSync(join(directory.path, 'credentials.json'), 'utf8')) as { api_key: string }
  ).api_key;
  await waitFor(
    async () => (await fetch(`${url}/v1/projects`, { headers: { authorization: `Bearer ${key}` } })).ok,
  );
}, 180_000);

it('lets a worker wait again that had no work, and wakes it for the next', async () => {
  const { code } = await startNoemaWith(
    { NOEMA_WORKER_IDLE_EXIT_MS: '1000' },
    directory.path,
    ...['up', '--port', '0'],
  ).result;
  expect(code).toBe(0);
  const worker = () => state().workers.find(({ name }) => name === 'datasets-worker')!;
  const residentBytes = (): number =>
    1024 * Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${worker().pid}/status`, 'utf8'))![1]);
  for (const name of ['first', 'second']) {
    const { pid } = worker();
    const { sampleCount } = await noemaJson<{ sampleCount: number }>(
      directory.path,
      ...['datasets', 'create', INTEGRATION, '--name', name],
    );
    expect(sampleCount).toBe(600);
    await waitFor(() => worker().pid !== pid && residentBytes() < WAITING_BYTES, {
      what: `rest after ${name}`,
    });
  }
  expect(state().workers.filter((each) => each.restarts > 0 || each.state !== 'running')).toEqual([]);
  expect((await noema(directory.path, 'status')).code).toBe(0);
}, 180_000);

it('ends with its supervisor, and the next one takes over its directory', async () => {
  await noemaJson(directory.path, 'up', '--port', '0');
  const before = state();
  const running = pids(before);
  process.kill(before.pid, 'SIGKILL');
  await waitFor(() => !running.some(processLives), { what: 'the end of every child' });
  await noemaJson(directory.path, 'up', '--port', '0');
  expect(state().pid).not.toBe(before.pid);
}, 180_000);

it('ends a demo on Ctrl-C in order, with everything that it started', async () => {
  const { child, result } = startNoema(directory.path, 'demo', '--port', '0');
  await waitFor(() => existsSync(join(directory.path, 'platform.json')) && state().state === 'ready', {
    what: 'the platform',
  });
  const running = pids(state());
  child.kill('SIGINT');
  const { code, stderr } = await result;
  expect(code).toBe(130);
  expect(stderr).toContain('cancelled');
  expect(running.filter(processLives)).toEqual([]);
}, 180_000);
