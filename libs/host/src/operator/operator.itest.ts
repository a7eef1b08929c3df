import { chmod, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { artifactKey } from '@noema/artifacts';
import { generateSigningKey } from '@noema/auth';
import { JobStore } from '@noema/jobs';
import { type ArtifactRef, uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { startPostgres, temporaryDirectory, type TestPostgres } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sample } from '../../test/sample.service.js';
import {
  type ArtifactReport,
  ArtifactSweep,
  Host,
  operateService,
  type RunningApp,
  serviceUrl,
  startService,
} from '../index.js';

const PARTS = { kinds: ['things'], named: sql`select ref from made` };
const [TEAM, PROJECT] = [uuidv7(), uuidv7()];
let postgres: TestPostgres;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let service: RunningApp<unknown>;
let host: Host;
let env: Record<string, string>;

beforeAll(async () => {
  [postgres, directory] = await Promise.all([startPostgres(), temporaryDirectory()]);
  const adminUrl = await postgres.createDatabase();
  const key = await generateSigningKey();
  env = {
    NOEMA_DATABASE_ADMIN_URL: adminUrl,
    NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'sample', 'secret'),
    NOEMA_STORE_URL: pathToFileURL(directory.path).href,
    NOEMA_AUTH_JWKS: key.jwks,
    NOEMA_LOG_LEVEL: 'silent',
    NOEMA_SERVICES: 'workspace=127.0.0.1:1',
    NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
  };
  service = await startService(sample, env, { logger: silentLogger });
  host = service.app.get(Host);
});
afterAll(async () => {
  await service.close();
  await postgres.stop();
  await directory.remove();
});

const stored = (part: string): Promise<ArtifactRef> =>
  host
    .store()
    .put(
      artifactKey({ teamId: TEAM, projectId: PROJECT, kind: 'things', id: uuidv7(), part }),
      Buffer.from(part),
      'text/plain',
    );
const exists = async ({ uri }: ArtifactRef): Promise<boolean> => (await host.store().stat(uri)) !== undefined;

async function named(ref: ArtifactRef): Promise<string> {
  const [id, jobId] = [
    uuidv7(),
    await service.app.get(JobStore).create({
      kind: 'sample.mark',
      teamId: TEAM,
      subjectId: PROJECT,
      payload: {},
      shards: 1,
      delayMs: 3_600_000,
      requestId: uuidv7(),
    }),
  ];
  await host.database().run(TEAM, () =>
    sql`insert into made (id, team_id, project_id, job_id, ref) values (${id}, ${TEAM}, ${PROJECT},
        ${jobId}, ${JSON.stringify(ref)}::jsonb)`.execute(host.database().tx()),
  );
  return id;
}

const drop = (id: string): Promise<unknown> =>
  host.database().run(TEAM, () => sql`delete from made where id = ${id}`.execute(host.database().tx()));
/** Moves the memory of the sweeper back by a number of hours. */
const later = (hours: number): Promise<unknown> =>
  host
    .database()
    .runSystem(() =>
      sql`update unnamed_artifact set seen_at = seen_at - make_interval(hours => ${hours})`.execute(
        host.database().tx(),
      ),
    );

describe('the sweeper', () => {
  // as if a day were a moment
  const sweep = (): Promise<{ objects: number }> => new ArtifactSweep(host, PARTS).run({ graceMs: 1 });

  it(
    'leaves an old object whose row is deleted for the whole grace, so that a backup of the store may follow ' +
      'that of the database',
    async () => {
      const ref = await stored('old');
      const id = await named(ref);
      const day = new ArtifactSweep(host, PARTS);
      await utimes(join(directory.path, ref.uri), 0, 0);
      await day.run();
      await drop(id);
      await day.run();
      expect(await exists(ref)).toBe(true);
      await later(23);
      await day.run();
      expect(await exists(ref)).toBe(true);
      const again = await named(ref);
      await day.run();
      await drop(again);
      await later(23);
      await day.run();
      expect(await exists(ref), 'it was named in between').toBe(true);
      await later(25);
      await day.run();
      expect(await exists(ref)).toBe(false);
    },
  );

  it('keeps what a finished shard of an unfinished job has stored', async () => {
    const [held, loose] = [await stored('held'), await stored('loose')];
    const jobId = await service.app.get(JobStore).create({
      kind: 'sample.mark',
      teamId: TEAM,
      subjectId: PROJECT,
      payload: {},
      shards: 2,
      delayMs: 3_600_000,
      requestId: uuidv7(),
    });
    await host.database().run(TEAM, () =>
      sql`update shard set state = 'done', result = ${JSON.stringify({ inputs: held })}::jsonb where job_id
          = ${jobId} and index = 0`.execute(host.database().tx()),
    );
    while (await exists(loose)) await sweep();
    expect(await exists(held)).toBe(true);
  });
});

describe('operate verify-artifacts', () => {
  const verify = async (...args: string[]): Promise<{ code: number; report: ArtifactReport }> => {
    const { code, stdout, stderr } = await operateService(
      { name: 'sample', artifacts: PARTS },
      ['verify-artifacts', ...args],
      env,
    );
    expect(stderr).toBe('');
    return { code, report: JSON.parse(stdout) as ArtifactReport };
  };

  it('counts objects, and finds what is missing, cut or changed', async () => {
    const [whole, cut, gone, changed] = [
      await stored('whole'),
      await stored('cut-short'),
      await stored('gone'),
      await stored('changed'),
    ];
    const before = (await verify()).report;
    expect(before.unnamed).toBeGreaterThanOrEqual(4);
    for (const ref of [whole, cut, gone, changed]) await named(ref);
    const { code, report } = await verify('--read', 'yes');
    expect([
      code,
      report.dangling,
      report.damaged,
      report.named - before.named,
      before.unnamed - report.unnamed,
    ]).toEqual([0, 0, 0, 4, 4]);
    await truncate(join(directory.path, cut.uri), 3);
    await rm(join(directory.path, gone.uri));
    await chmod(join(directory.path, changed.uri), 0o600);
    await writeFile(join(directory.path, changed.uri), 'CHANGED');
    const hurt = await verify();
    expect([hurt.code, hurt.report.dangling, hurt.report.damaged]).toEqual([1, 1, 1]);
    expect(hurt.report.faults).toEqual(
      expect.arrayContaining([
        { uri: gone.uri, fault: 'missing' },
        { uri: cut.uri, fault: '3 bytes instead of 9' },
      ]),
    );
    expect((await verify('--read', 'yes')).report.damaged).toBe(2);
  });

  it('says how it is used, and which settings are missing', async () => {
    expect((await operateService({ name: 'sample' }, ['help'], {})).stdout).toContain('replay-dead-letters');
    expect(await operateService({ name: 'sample' }, ['raze'], {})).toMatchObject({ code: 64, stdout: '' });
    expect((await operateService({ name: 'sample' }, ['replay-dead-letters'], env)).stderr).toContain(
      'needs --consumer',
    );
    expect((await operateService({ name: 'sample' }, ['list-dead-letters'], {})).code).toBe(78);
  });
});

describe('dead letters', () => {
  it('are listed with their reason and delivered again', async () => {
    const bus = host.bus();
    const consumer = 'sample__run_finished';
    let [cured, heard] = [false, 0];
    const subscription = await bus.subscribe(
      { name: consumer, event: 'training.RunFinished', maxDeliveries: 1 },
      () => {
        if (!cured) return Promise.reject(new Error('not yet'));
        heard++;
        return Promise.resolve();
      },
    );
    await bus.publish([
      {
        id: uuidv7(),
        teamId: TEAM,
        event: 'training.RunFinished',
        subject: 'noema.training.v1.run_finished.x',
        time: new Date(),
        body: {},
      },
    ]);
    const list = async (): Promise<{ consumer: string; error: string }[]> =>
      (
        JSON.parse((await operateService({ name: 'sample' }, ['list-dead-letters'], env)).stdout) as {
          deadLetters: { consumer: string; error: string }[];
        }
      ).deadLetters;
    let dead = await list();
    while (dead.length === 0) dead = await list();
    expect(dead).toMatchObject([{ consumer, error: expect.stringContaining('not yet') as string }]);
    cured = true;
    expect(
      JSON.parse(
        (await operateService({ name: 'sample' }, ['replay-dead-letters', '--consumer', consumer], env))
          .stdout,
      ),
    ).toEqual({ replayed: 1 });
    while (heard === 0) await list();
    expect(await list()).toEqual([]);
    await subscription.stop();
  });
});
