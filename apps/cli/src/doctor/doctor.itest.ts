import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';
import { generateSigningKey, type SigningKey } from '@noema/auth';
import { eventsMigrations } from '@noema/events';
import { migrateService, serviceUrl } from '@noema/host';
import { startPostgres, temporaryDirectory, type TestPostgres } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { examine } from './doctor.js';
import type { Finding } from './finding.js';
import { migrationFolders } from './schemas.js';
import { subjectOfEnvironment } from './subject.of-environment.js';

let postgres: TestPostgres;
let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let key: SigningKey;
let env: Record<string, string>;
let admin: string;

beforeAll(async () => {
  [postgres, directory, key] = await Promise.all([
    startPostgres(),
    temporaryDirectory(),
    generateSigningKey(),
  ]);
});
afterAll(async () => {
  await postgres.stop();
  await directory.remove();
});
beforeEach(async () => {
  admin = await postgres.createDatabase();
  const url = serviceUrl(admin, 'workspace', 'hunter2');
  await migrateService({
    name: 'workspace',
    migrations: migrationFolders('workspace'),
    adminUrl: admin,
    url,
  });
  env = {
    NOEMA_DATABASE_URL: url,
    NOEMA_STORE_URL: pathToFileURL(directory.path).href,
    NOEMA_AUTH_JWKS: key.jwks,
    NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
    NOEMA_SECRETS_KEY: Buffer.alloc(32, 7).toString('base64'),
  };
});

const look = async (change: Record<string, string> = {}): Promise<(check: string) => Finding> => {
  const findings = await examine(subjectOfEnvironment({ ...env, ...change }, undefined));
  const text = JSON.stringify(findings);
  for (const secret of [
    'hunter2',
    'hunter3',
    (JSON.parse(key.privateKey) as { d: string }).d,
    env['NOEMA_SECRETS_KEY']!,
  ])
    expect(text).not.toContain(secret);
  return (check) => findings.find((f) => f.check === check)!;
};
const asAdmin = async (statement: string): Promise<void> => {
  const client = new pg.Client(admin);
  await client.connect();
  await client.query(statement);
  await client.end();
};

describe('the doctor, given the settings of a service', () => {
  it('finds nothing broken where nothing is', async () => {
    const findings = await examine(
      subjectOfEnvironment({ ...env, NOEMA_DATABASE_ADMIN_URL: admin }, undefined),
    );
    const broken = findings.filter(
      (f) => f.state === 'fail' && f.check !== 'schemas' && f.check !== 'teams kept apart',
    ); // of eight schemas there is one
    expect(broken).toEqual([]);
    expect((await look())('schemas')).toMatchObject({
      state: 'skipped',
      found: expect.stringContaining('NOEMA_DATABASE_ADMIN_URL') as string,
    });
    expect((await look())('teams kept apart').state).toBe('ok');
    expect((await look())('store').found).toMatch(/^wrote, read and removed an object/);
  });
  it('names a database that is away, with where it should be', async () => {
    const of = await look({ NOEMA_DATABASE_URL: 'postgres://noema_workspace:hunter3@127.0.0.1:1/noema' });
    expect(of('postgres')).toMatchObject({
      state: 'fail',
      found: expect.stringContaining('ECONNREFUSED') as string,
      advice: expect.stringContaining('127.0.0.1:1') as string,
    });
    expect(of('bus').state).toBe('fail');
  });
  it('names a wrong password', async () => {
    const url = new URL(env['NOEMA_DATABASE_URL']!);
    url.password = 'hunter3';
    expect((await look({ NOEMA_DATABASE_URL: url.href }))('postgres')).toMatchObject({
      state: 'fail',
      found: expect.stringMatching(/password authentication failed/) as string,
    });
  });
  it('names a table whose teams are not kept apart', async () => {
    await asAdmin('ALTER TABLE workspace.project DISABLE ROW LEVEL SECURITY');
    expect((await look())('teams kept apart')).toMatchObject({
      state: 'fail',
      found: expect.stringContaining('workspace.project') as string,
    });
  });
  it('names a migration that has not run, and one of a newer version', async () => {
    await asAdmin(
      `GRANT SELECT ON workspace.migration_postgres, workspace.migration_events, workspace.migration_workspace
        TO noema_workspace`,
    );
    expect((await look())('schemas').state).toBe('ok');
    await asAdmin(
      `UPDATE workspace.migration_events SET name = '0099_future' WHERE name = (SELECT max(name) FROM
        workspace.migration_events)`,
    );
    expect((await look())('schemas')).toMatchObject({
      state: 'fail',
      found: expect.stringMatching(/have not run: workspace: events\/\w+/) as string,
    });
    await asAdmin(`INSERT INTO workspace.migration_workspace (name, run_on) VALUES ('0999_later', now())`);
    await asAdmin(
      `UPDATE workspace.migration_events SET name =
        '${(await import('node:fs')).readdirSync(eventsMigrations).sort().at(-1)!.replace('.sql', '')}' WHERE
        name = '0099_future'`,
    );
    expect((await look())('schemas')).toMatchObject({
      state: 'warn',
      found: expect.stringContaining('workspace: workspace/0999_later') as string,
    });
  });
  it('names facts that no service announces', async () => {
    await asAdmin(
      `INSERT INTO workspace.outbox (id, team_id, event, subject, body, created_at) VALUES (gen_random_uuid(),
        gen_random_uuid(), 'x', 'x', '{}', now() - interval '1 hour')`,
    );
    expect((await look())('outboxes')).toMatchObject({
      state: 'fail',
      found: expect.stringMatching(/workspace: 1 facts are not announced, the oldest for 36\d\d s/) as string,
    });
  });
  it('names keys that do not belong together, and a key that is too short', async () => {
    const other = await generateSigningKey();
    expect((await look({ NOEMA_AUTH_JWKS: other.jwks }))('signing keys')).toMatchObject({
      state: 'fail',
      found: 'the key set does not verify what the private key signs',
    });
    expect((await look({ NOEMA_SECRETS_KEY: 'c2hvcnQ=' }))('secrets key')).toMatchObject({
      state: 'fail',
      found: 'secretsKey has a key of 5 bytes',
    });
  });
  it('names a service on a closed port, and a bus that is away', async () => {
    const of = await look({ NOEMA_SERVICES: 'datasets=127.0.0.1:1', NOEMA_BUS_URL: 'nats://127.0.0.1:1' });
    expect(of('service datasets')).toMatchObject({
      state: 'fail',
      found: '127.0.0.1:1 cannot be reached (UNREACHABLE)',
    });
    expect(of('bus')).toMatchObject({
      state: 'fail',
      found: expect.stringContaining('127.0.0.1:1') as string,
    });
  });
  it('names a store that takes nothing', async () => {
    const of = await look({
      NOEMA_STORE_URL: 's3://noema?endpoint=http://127.0.0.1:1',
      NOEMA_STORE_ACCESS_KEY: 'a',
      NOEMA_STORE_SECRET_KEY: 'hunter3',
    });
    expect(of('store').state).toBe('fail');
  });
  it('names an identity provider that calls itself something else', async () => {
    const server: Server = createServer((_, res) => {
      res
        .writeHead(200, { 'content-type': 'application/json' })
        .end(JSON.stringify({ issuer: 'https://elsewhere' }));
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    expect((await look({ NOEMA_OIDC_ISSUER: issuer }))('identity provider')).toMatchObject({
      state: 'fail',
      found: 'it calls itself "https://elsewhere"',
    });
    server.closeAllConnections();
    server.close();
  });
  it('RELIABILITY 33: fails where the code of several teams runs without a sandbox', async () => {
    const trusting = { NOEMA_TRUSTED_INTEGRATIONS: 'true' };
    expect((await look({ ...trusting, NOEMA_DATABASE_ADMIN_URL: admin }))('code of users').state).toBe('ok');
    for (const name of ['a', 'b'])
      await asAdmin(
        `INSERT INTO workspace.team (team_id, display_name, created_at, updated_at) VALUES (gen_random_uuid(),
          '${name}', now(), now())`,
      );
    expect((await look({ ...trusting, NOEMA_DATABASE_ADMIN_URL: admin }))('code of users')).toMatchObject({
      state: 'fail',
      found: expect.stringContaining('2 teams') as string,
    });
    expect((await look(trusting))('code of users').state).toBe('warn');
    expect((await look({ NOEMA_DATABASE_ADMIN_URL: admin }))('code of users')).toBeUndefined();
  });
  it('names a device that is not here', async () => {
    expect((await look({ NOEMA_ENGINE_BACKEND: 'cuda' }))('device')).toMatchObject({
      state: 'fail',
      advice: expect.stringContaining('NOEMA_ENGINE_BACKEND=cpu') as string,
    });
  });
});
