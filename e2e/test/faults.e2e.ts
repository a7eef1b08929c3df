import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PlatformState, ProcessReport } from '@noema/standalone';
import { temporaryDirectory, waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { noema, noemaJson, startNoema } from '../src/command-line.js';
import { RestCaller } from '../src/rest-caller.js';

let [calm, stormy]: Awaited<ReturnType<typeof temporaryDirectory>>[] = [];
beforeAll(async () => { [calm, stormy] = await Promise.all([temporaryDirectory(), temporaryDirectory()]); });
afterAll(async () => {
  await noema(stormy!.path, 'down');
  await Promise.all([calm!.remove(), stormy!.remove()]);
});

const json = <T>(directory: string, name: string): T => JSON.parse(readFileSync(join(directory, name), 'utf8')) as T;
const state = (): PlatformState => json(stormy!.path, 'platform.json');

/** Kills a process of the platform and waits until the supervisor has started another. */
async function kill(name: string): Promise<void> {
  const find = (): ProcessReport => [...state().services, ...state().workers].find((p) => p.name === name)!;
  const { pid } = find();
  process.kill(pid, 'SIGKILL');
  await waitFor(() => find().pid !== pid && find().state === 'running', { timeoutMs: 60_000, what: `a new ${name}` });
}

async function shards(service: string): Promise<{ state: string; attempt: number; job_id: string; stage: string; index: number }[]> {
  const { postgresPassword } = json<{ postgresPassword: string }>(stormy!.path, 'secrets.json');
  const client = new pg.Client(`postgres://postgres:${postgresPassword}@127.0.0.1:${state().postgres.port}/noema`);
  await client.connect();
  try {
    return (await client.query(`SELECT * FROM ${service}.shard`)).rows;
  } finally {
    await client.end();
  }
}

it('ends with the same numbers when workers and services are killed in the middle of it, and does no shard twice', async () => {
  const undisturbed = await noema(calm!.path, 'demo', '--port', '0');
  expect(undisturbed.code, undisturbed.stderr).toBe(0);

  const { url } = await noemaJson<{ url: string }>(stormy!.path, 'up', '--port', '0', '--processes');
  const rest = new RestCaller(url, json<{ api_key: string }>(stormy!.path, 'credentials.json').api_key);
  const jobs = async (service: string) => ((await rest.get(`/v1/${service}/jobs`)).body['jobs'] ?? []) as { state: string; shards: { running?: number; done?: number }; progress?: { done?: string } }[];
  const demo = startNoema(stormy!.path, 'demo', '--port', '0');

  await waitFor(async () => (await jobs('activations')).some((job) => job.state === 'JOB_STATE_RUNNING' && (job.shards.running ?? 0) > 0), { timeoutMs: 180_000, what: 'an extraction in mid-shard' });
  await kill('activations-worker-1');
  await waitFor(async () => (await jobs('activations')).filter((job) => job.state === 'JOB_STATE_SUCCEEDED').length >= 1, { timeoutMs: 180_000, what: 'the first activation set' });
  await kill('training');
  await kill('activations');

  const walked = await demo.result;
  expect(walked.code, walked.stdout + walked.stderr).toBe(0);
  const [{ seconds: _a, ...before }, { seconds: _b, ...after }] = [calm!, stormy!].map((d) => json<Record<string, unknown>>(join(d.path, 'demo'), 'result.json')) as [Record<string, unknown>, Record<string, unknown>];
  expect(after).toEqual(before);

  for (const service of ['activations', 'training']) {
    const rows = await shards(service);
    expect(new Set(rows.map((r) => `${r.job_id}/${r.stage}/${r.index}`)).size).toBe(rows.length);
    expect(rows.every((r) => r.state === 'done')).toBe(true);
  }
  expect((await shards('activations')).some((r) => r.attempt > 1)).toBe(true);
}, 900_000);
