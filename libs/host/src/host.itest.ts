import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { generateSigningKey, TokenSigner } from '@noema/auth';
import { Health, HealthCheckResponse_ServingStatus as Serving } from '@noema/contracts/grpc/health/v1/health';
import { JobState } from '@noema/contracts/noema/jobs/v1/job';
import { JobService } from '@noema/contracts/noema/jobs/v1/job_service';
import { DatasetVersionReady, OutboxRelay } from '@noema/events';
import { createClient } from '@noema/grpc';
import { uuidv7 } from '@noema/kernel';
import { JobStore } from '@noema/jobs';
import { silentLogger } from '@noema/observability';
import { assertRowLevelSecurity, Database } from '@noema/postgres';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { sql } from 'kysely';
import { sample, type SampleSchema } from '../test/sample.service.js';
import { cleanOnce } from './housekeeping.js';
import { Host, ServiceClients, serviceUrl, startService, startWorker } from './index.js';

const team = uuidv7();
let postgres: TestPostgres;
let adminUrl: string;
let env: Record<string, string>;
let signer: TokenSigner;

beforeAll(async () => {
  postgres = await startPostgres();
  adminUrl = await postgres.createDatabase();
  const key = await generateSigningKey();
  signer = new TokenSigner(key);
  env = {
    NOEMA_DATABASE_ADMIN_URL: adminUrl,
    NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'sample', 'secret'),
    NOEMA_STORE_URL: pathToFileURL(tmpdir()).href,
    NOEMA_AUTH_JWKS: key.jwks,
    NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
    NOEMA_LOG_LEVEL: 'silent',
  };
});
afterAll(async () => {
  await postgres.stop();
});

describe('in one process', () => {
  it('an event becomes a job, its shards are worked on, a client sees it end, and all of it stops', async () => {
    const service = await startService(sample, env, { logger: silentLogger });
    const worker = await startWorker(sample, env, { logger: silentLogger });
    const host = service.app.get(Host);
    const db = host.database<SampleSchema>();
    await db.run(team, () =>
      host.outbox().publish(DatasetVersionReady, { datasetVersionId: 'v1', sampleCount: 3 }),
    );

    const clients = new ServiceClients({
      caller: 'somebody',
      addresses: { sample: service.address },
      signer,
    });
    const jobs = clients.of(JobService, team, 'sample');
    const job = await waitFor(async () => (await jobs.listJobs({ service: 'sample' })).jobs[0]);
    let last = job;
    for await (const { job: seen } of jobs.watchJob({ service: 'sample', jobId: job.id })) last = seen!;
    expect(last).toMatchObject({ state: JobState.SUCCEEDED, subjectId: 'v1', kind: 'sample.mark' });
    const effects = await db.run(team, () =>
      db.tx().selectFrom('effect').select('index').orderBy('index').execute(),
    );
    expect(effects.map((e) => e.index)).toEqual([0, 1, 2]);
    expect((await clients.of(JobService, uuidv7(), 'sample').listJobs({ service: 'sample' })).jobs).toEqual(
      [],
    );
    await assertRowLevelSecurity(adminUrl, 'sample');
    clients.close();
    await Promise.all([worker.close(), service.close()]);
  });
  it('forgets what is long done with, and nothing else', async () => {
    const service = await startService(sample, env, { logger: silentLogger });
    const host = service.app.get(Host);
    const db = host.database<never>();
    const count = async (table: string): Promise<number> =>
      (
        await db.runSystem(() =>
          sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(db.tx()),
        )
      ).rows[0]!.n;
    await db.runSystem(async () => {
      for (const days of [1, 100]) {
        await sql`insert into request (team_id, method, request_id, digest, created_at) values (${team}, 'm',
          ${String(days)}, 'd', now() - make_interval(days => ${days}))`.execute(db.tx());
        await sql`insert into inbox (consumer, message_id, team_id, received_at) values ('c', ${uuidv7()},
          ${team}, now() - make_interval(days => ${days}))`.execute(db.tx());
      }
    });
    const before = [await count('request'), await count('inbox')];
    await cleanOnce({
      db,
      relay: new OutboxRelay({ db, bus: host.bus() }),
      bus: host.bus(),
      logger: silentLogger,
    });
    expect([await count('request'), await count('inbox')]).toEqual(before.map((n) => n - 1));
    await service.close();
  });
  it('a service that is not configured is named', () => {
    const clients = new ServiceClients({ caller: 'somebody', addresses: {}, signer });
    expect(() => clients.of(JobService, team, 'training')).toThrow(/training=host:port to NOEMA_SERVICES/);
  });
  it('RELIABILITY 26: two that start at once migrate once', async () => {
    const fresh = await postgres.createDatabase();
    const own = {
      ...env,
      NOEMA_DATABASE_ADMIN_URL: fresh,
      NOEMA_DATABASE_URL: serviceUrl(fresh, 'sample', 'secret'),
    };
    const both = await Promise.all([1, 2].map(() => startService(sample, own, { logger: silentLogger })));
    await Promise.all(both.map((s) => s.close()));
  });
});

describe('as a process', () => {
  const children = new Set<ChildProcess>();
  const start = (args: readonly string[], change: Record<string, string> = {}) => {
    const child = fork(new URL('../test/sample.main.js', import.meta.url), args, {
      env: { ...env, ...change },
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    children.add(child);
    let errors = '';
    let lines = '';
    child.stderr!.on('data', (d: Buffer) => {
      errors += d.toString();
    });
    child.stdout!.on('data', (d: Buffer) => {
      lines += d.toString();
    });
    const exit = once(child, 'exit').then(([code]) => ({ code: code as number, errors }));
    return {
      child,
      exit,
      said: (text: string) =>
        waitFor(() => (lines.includes(text) ? lines : ''), { what: `a log line with ${text}` }),
    };
  };
  afterEach(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  const addressIn = (lines: string): string => /"address":"([^"]+)"/.exec(lines)![1]!;

  it('RELIABILITY 17: SIGTERM under load fails no call that it took, ends the streams, and exits with 0', async () => {
    const { child, exit, said } = start(['service'], { NOEMA_LOG_LEVEL: 'info' });
    const address = addressIn(await said('serving'));
    const health = createClient(Health, { address });
    const jobs = createClient(JobService, {
      address,
      token: async () => (await signer.sign({ teamId: team, subject: 'ann', role: 'viewer' })).token,
    });
    const seen: Serving[] = [];
    const watching = (async () => {
      for await (const { status } of health.watch({})) seen.push(status);
    })();
    const outcomes: unknown[] = [];
    const load = Array.from({ length: 4 }, async () => {
      for (;;) {
        const outcome = await jobs.listJobs({ service: 'sample' }).then(
          () => undefined,
          (e: unknown) => e,
        );
        outcomes.push(outcome);
        if (outcome !== undefined) return;
      }
    });
    await waitFor(() => outcomes.length > 50 && seen.length > 0);
    child.kill('SIGTERM');
    await watching;
    await Promise.all(load);
    expect(seen).toEqual([Serving.SERVING, Serving.NOT_SERVING]);
    for (const failure of outcomes.filter((o) => o !== undefined))
      expect(failure).toMatchObject({ reason: 'UNREACHABLE' }); // it was never taken
    expect(await exit).toEqual({ code: 0, errors: '' });
    health.close();
    jobs.close();
  });
  it('RELIABILITY 16: a worker exits with 0 on SIGTERM', async () => {
    const { child, exit, said } = start(['worker'], { NOEMA_LOG_LEVEL: 'info' });
    await said('working');
    child.kill('SIGTERM');
    expect(await exit).toEqual({ code: 0, errors: '' });
  });
  it('a worker that may end without work does what there is, then exits with 0', async () => {
    const db = Database.connect<SampleSchema>({ url: env['NOEMA_DATABASE_URL']!, schema: 'sample' });
    const jobs = new JobStore(db);
    const jobId = await jobs.create({
      kind: 'sample.mark',
      teamId: team,
      subjectId: 'v2',
      payload: {},
      shards: 2,
    });
    const { exit } = start(['worker'], { NOEMA_WORKER_IDLE_EXIT_MS: '200' });
    expect(await exit).toEqual({ code: 0, errors: '' });
    expect((await jobs.get(team, jobId)).state).toBe('succeeded');
    await db.close();
  });
  it('a wrong configuration is reported in full, without secrets, with exit code 78', async () => {
    const { exit } = start(['service'], {
      NOEMA_DRAIN_MS: 'soon',
      NOEMA_AUTH_JWKS: '',
      NOEMA_AUTH_PRIVATE_KEY: 'hunter2',
    });
    const { code, errors } = await exit;
    expect(code).toBe(78);
    for (const name of ['NOEMA_DRAIN_MS', 'NOEMA_AUTH_JWKS', 'NOEMA_AUTH_PRIVATE_KEY'])
      expect(errors).toContain(name);
    expect(errors).not.toContain('hunter2');
  });
  it('a database that is away is reported in a sentence, with exit code 1', async () => {
    const { exit } = start(['service'], { NOEMA_DATABASE_ADMIN_URL: 'postgres://postgres@127.0.0.1:1/none' });
    expect(await exit).toMatchObject({
      code: 1,
      errors: expect.stringContaining('sample does not start') as string,
    });
  });
  it('a migration waits for a database that comes up late, and says what it waits for', async () => {
    const late = await startPostgres();
    const url = await late.createDatabase();
    const own = { NOEMA_DATABASE_ADMIN_URL: url, NOEMA_DATABASE_URL: serviceUrl(url, 'sample', 'secret') };
    let migration: ReturnType<typeof start> | undefined;
    await late.restart('fast', async () => {
      migration = start(['migrate'], { ...own, NOEMA_LOG_LEVEL: 'info' });
      expect(await migration.said('waiting')).toContain(
        `"reason":"connect ECONNREFUSED 127.0.0.1:${late.port}"`,
      );
    });
    expect(await migration!.exit).toMatchObject({ code: 0 });
    const db = Database.connect({ url: own.NOEMA_DATABASE_URL, schema: 'sample' });
    await db.ping();
    await db.close();
    await late.stop();
  });
  it('a migration whose database stays away names it after the limit', async () => {
    const away = 'postgres://postgres@127.0.0.1:1/none';
    const { exit } = start(['migrate'], { NOEMA_DATABASE_ADMIN_URL: away, NOEMA_DATABASE_WAIT_MS: '1' });
    expect(await exit).toMatchObject({
      code: 1,
      errors: expect.stringContaining(
        'not be reached within 1 ms: connect ECONNREFUSED 127.0.0.1:1',
      ) as string,
    });
  });
  it('an uncaught error ends it with 70 and the stack', async () => {
    const { child, exit, said } = start(['service', 'uncaught on purpose'], { NOEMA_LOG_LEVEL: 'info' });
    await said('serving');
    child.send('now');
    const { code, errors } = await exit;
    expect(code).toBe(70);
    expect(errors).toMatch(/unhandled rejection: Error: uncaught on purpose\n\s+at /);
  });
});
