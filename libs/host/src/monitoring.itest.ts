import { tmpdir } from 'node:os';
import { pathToFileURL } from 'node:url';
import { generateSigningKey } from '@noema/auth';
import { DatasetVersionReady } from '@noema/events';
import { JobStore } from '@noema/jobs';
import { uuidv7 } from '@noema/kernel';
import { silentLogger } from '@noema/observability';
import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sample, type SampleSchema } from '../test/sample.service.js';
import { Host, serviceUrl, startService, startWorker } from './index.js';

let postgres: TestPostgres;
let env: Record<string, string>;

beforeAll(async () => {
  postgres = await startPostgres();
  const adminUrl = await postgres.createDatabase();
  const key = await generateSigningKey();
  env = {
    NOEMA_DATABASE_ADMIN_URL: adminUrl,
    NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'sample', 'secret'),
    NOEMA_STORE_URL: pathToFileURL(tmpdir()).href,
    NOEMA_AUTH_JWKS: key.jwks,
    NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
    NOEMA_LOG_LEVEL: 'silent',
    NOEMA_METRICS_ADDRESS: '127.0.0.1:0',
  };
});
afterAll(async () => {
  await postgres.stop();
});

const ask = async (address: string, path: string): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`http://${address}${path}`);
  return { status: answer.status, text: await answer.text() };
};
const start = () => startService(sample, env, { logger: silentLogger });

describe('the metrics address', () => {
  it('reports the queue by kind, its lag, the outbox and the connections', async () => {
    const service = await start();
    const host = service.app.get(Host);
    const empty = await ask(service.metricsAddress, '/metrics');
    expect(empty.text).toContain('noema_queue_lag_shards{service="sample"} 0');
    expect(empty.text).toContain('noema_queue_shards{service="sample",kind="sample.mark",state="queued"} 0');
    const jobs = service.app.get(JobStore);
    await jobs.create({ kind: 'sample.mark', teamId: uuidv7(), subjectId: 's', payload: {}, shards: 3 });
    const db = host.database<SampleSchema>();
    await db.run(uuidv7(), () =>
      host.outbox().publish(DatasetVersionReady, { datasetVersionId: 'v1', sampleCount: 2 }),
    );
    const text = await waitFor(
      async () => {
        const now = (await ask(service.metricsAddress, '/metrics')).text;
        return now.includes('noema_queue_lag_shards{service="sample"} 5') &&
          now.includes('noema_outbox_backlog_messages{service="sample"} 0')
          ? now
          : '';
      },
      { what: 'three shards of requests and two of an event' },
    );
    expect(text).toContain('noema_queue_shards{service="sample",kind="sample.mark",state="queued"} 5');
    expect(text).toMatch(/noema_queue_oldest_seconds\{service="sample",kind="sample.mark"\} [\d.]+/);
    expect(text).toContain('noema_outbox_backlog_messages{service="sample"} 0');
    expect(text).toMatch(/noema_database_connections\{service="sample",role="service",state="idle"\} \d/);
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
    expect(text).not.toContain('team_id'); // numbers of single teams would grow without bound

    const worker = await startWorker(sample, env, { logger: silentLogger });
    expect(await ask(worker.metricsAddress, '/readyz')).toEqual({
      status: 200,
      text: `${JSON.stringify({ state: 'ready', checks: { database: 'ok' } })}\n`,
    });
    await waitFor(
      async () =>
        (await ask(service.metricsAddress, '/metrics')).text.includes(
          'noema_queue_shards{service="sample",kind="sample.mark",state="queued"} 0',
        ),
      { what: 'a kind that is done to be reported as 0' },
    );
    await Promise.all([worker.close(), service.close()]);
    await expect(ask(service.metricsAddress, '/livez')).rejects.toThrow();
  });
  it('is ready while the service can do its work, and lives while a restart would not help', async () => {
    const own = await startPostgres();
    const adminUrl = await own.createDatabase();
    const service = await startService(
      sample,
      {
        ...env,
        NOEMA_DATABASE_ADMIN_URL: adminUrl,
        NOEMA_DATABASE_URL: serviceUrl(adminUrl, 'sample', 'secret'),
      },
      { logger: silentLogger },
    );
    expect(JSON.parse((await ask(service.metricsAddress, '/readyz')).text)).toEqual({
      state: 'ready',
      checks: { database: 'ok', grpc: 'ok', bus: 'ok' },
    });
    await own.stop();
    const away = await waitFor(
      async () => {
        const answer = await ask(service.metricsAddress, '/readyz');
        return answer.status === 503 ? answer : undefined;
      },
      { what: 'the service to be not ready' },
    );
    expect(away.text).toContain('DATABASE_UNAVAILABLE');
    expect((await ask(service.metricsAddress, '/livez')).status).toBe(200);
    await service.close();
  });
  it('that is taken is reported before anything starts', async () => {
    const service = await start();
    await expect(
      startService(
        sample,
        { ...env, NOEMA_METRICS_ADDRESS: service.metricsAddress },
        { logger: silentLogger },
      ),
    ).rejects.toMatchObject({ reason: 'METRICS_ADDRESS_IN_USE' });
    await service.close();
  });
});
