import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { generateSigningKey } from '@noema/auth';
import { DatasetVersionReady } from '@noema/events';
import { uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { hasNats, startNats, startPostgres, type TestNats, type TestPostgres, waitFor } from '@noema/testing';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, it } from 'vitest';
import { sample, type SampleSchema } from '../test/sample.service.js';
import { Host, type RunningApp, serviceUrl, startService, startWorker } from './index.js';

const team = uuidv7();

describe.skipIf(!hasNats())('a service and its worker with NATS as their bus', () => {
  let postgres: TestPostgres;
  let nats: TestNats;
  let apps: RunningApp[] = [];
  let host: Host;

  beforeAll(async () => {
    [postgres, nats] = await Promise.all([startPostgres(), startNats()]);
    const [adminUrl, key] = [await postgres.createDatabase(), await generateSigningKey()];
    const env = {
      NOEMA_DATABASE_ADMIN_URL: adminUrl,
      NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'sample', 'secret'),
      NOEMA_STORE_URL: pathToFileURL(tmpdir()).href,
      NOEMA_AUTH_JWKS: key.jwks,
      NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
      NOEMA_LOG_LEVEL: 'silent',
      NOEMA_BUS_URL: nats.url,
      NOEMA_BUS_CREDENTIALS: nats.credentials,
    };
    apps = [
      await startService(sample, env, { logger: silentLogger }),
      await startWorker(sample, env, { logger: silentLogger }),
    ];
    host = apps[0]!.app.get(Host);
  });
  afterAll(async () => {
    await Promise.all(apps.map((app) => app.close()));
    await Promise.all([postgres.stop(), nats.stop()]);
  });

  const announce = (datasetVersionId: string, sampleCount: number) =>
    host
      .database()
      .run(team, () => host.outbox().publish(DatasetVersionReady, { datasetVersionId, sampleCount }));
  const effects = async (): Promise<number> => {
    const db = host.database<SampleSchema>();
    return (await db.run(team, () => db.tx().selectFrom('effect').selectAll().execute())).length;
  };

  const confirmed = async (): Promise<number> => {
    const db = host.database();
    return (
      await db.runSystem(() =>
        sql<{ n: number }>`select sequence::int as n from bus_mark where service = 'datasets'`.execute(
          db.tx(),
        ),
      )
    ).rows[0]!.n;
  };

  it('RELIABILITY 5: after the bus lost its data, what was committed meanwhile is done once', async () => {
    await announce('v1', 3);
    await waitFor(async () => (await effects()) === 3, { what: 'the event to become a job that is done' });
    await nats.kill();
    await announce('v2', 2);
    await nats.start(true);
    await waitFor(async () => (await effects()) === 5);
    await waitFor(async () => (await confirmed()) === 2, {
      what: 'what was announced before the loss to be announced again',
    });
    await announce('v3', 1); // comes after the repeated ones
    await waitFor(async () => (await effects()) === 6);
  });
});
