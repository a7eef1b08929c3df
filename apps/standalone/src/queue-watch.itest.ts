import { startPostgres, type TestPostgres, waitFor } from '@noema/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { QueueWatch } from './queue-watch.js';

let server: TestPostgres;
let watch: QueueWatch;
const busy: string[] = [];
const errors: Error[] = [];

async function query(text: string): Promise<void> {
  const client = new pg.Client(server.url);
  await client.connect();
  try {
    await client.query(text);
  } finally {
    await client.end();
  }
}

beforeAll(async () => {
  server = await startPostgres();
  for (const service of ['training', 'projection', 'insights'])
    await query(
      `CREATE SCHEMA ${service}; CREATE TABLE ${service}.shard (state text NOT NULL, lease_until timestamptz)`,
    );
  await query(
    "INSERT INTO projection.shard VALUES ('done'), ('queued'); INSERT INTO training.shard VALUES ('done')",
  );
  watch = new QueueWatch({
    adminUrl: server.url,
    services: ['training', 'projection', 'insights'],
    onWork: (service) => busy.push(service),
    onError: (error) => errors.push(error),
  });
  void watch.run();
});

afterAll(async () => {
  await watch.stop();
  await server.stop();
});

it('reports a service whose work was queued before', async () => {
  await waitFor(() => busy.length > 0, { what: 'the queued shard of projection' });
  expect(busy).toEqual(['projection']);
});

it('reports work that is queued later, and no other change of a job', async () => {
  await query("NOTIFY noema_jobs_training, 'changed:1'; NOTIFY noema_jobs_insights, 'queued:2'");
  await waitFor(() => busy.length > 1, { what: 'the notification of insights' });
  expect(busy).toEqual(['projection', 'insights']);
});

it('looks at a queue on request', async () => {
  busy.length = 0;
  for (const service of ['training', 'projection', 'insights', 'projection']) watch.look(service);
  await waitFor(() => busy.length > 1, { what: 'both looks at projection' });
  expect(busy).toEqual(['projection', 'projection']);
});

it('finds a running shard on request only once its worker holds it no more', async () => {
  busy.length = 0;
  await query("INSERT INTO insights.shard VALUES ('running', now() + interval '1 hour')");
  for (const service of ['insights', 'projection']) watch.look(service);
  await waitFor(() => busy.length > 0, { what: 'the look at projection' });
  expect(busy).toEqual(['projection']);
  await query("UPDATE insights.shard SET lease_until = now() - interval '1 s'");
  watch.look('insights');
  await waitFor(() => busy.length > 1, { what: 'the shard whose lease has ended' });
  await query('DELETE FROM insights.shard');
});

it('looks at all queues again after a look that failed', async () => {
  busy.length = 0;
  await query('ALTER TABLE insights.shard RENAME TO hidden');
  watch.look('insights');
  await waitFor(() => errors.length > 0, { what: 'the error of the new connection' });
  await query('ALTER TABLE insights.hidden RENAME TO shard');
  await waitFor(() => busy.length > 0, { what: 'the look of the next connection' });
  expect(busy[0]).toBe('projection');
});

it('finds work that was queued while the server was restarted', async () => {
  busy.length = 0;
  await query("INSERT INTO training.shard VALUES ('running', now() + interval '1 hour')");
  await server.restart('immediate');
  await waitFor(() => busy.length === 2, { what: 'the running shard of training' });
  expect(busy).toEqual(['training', 'projection']);
  expect(errors.length).toBeGreaterThan(0);
});
