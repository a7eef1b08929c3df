import { DomainError } from '@noema/kernel';
import { afterEach, expect, it } from 'vitest';
import { gauge, MonitoringServer, reportMetrics } from '../index.js';

let server: MonitoringServer;
const listen = async (): Promise<void> => {
  server = await MonitoringServer.listen('127.0.0.1:0');
};
afterEach(async () => {
  await server.close();
});
const ask = async (path: string, init?: RequestInit) => {
  const answer = await fetch(`http://${server.address}${path}`, init);
  return { status: answer.status, text: await answer.text() };
};

it('is not ready before somebody says on what that depends', async () => {
  await listen();
  expect(await ask('/readyz')).toEqual({ status: 503, text: '{"state":"starting"}\n' });
  expect(await ask('/livez')).toEqual({
    status: 200,
    text: '{"state":"live","checks":{"event_loop":"ok"}}\n',
  });
});
it('says which condition does not hold, and nothing of what it did not expect', async () => {
  await listen();
  server.readyWhen(
    { name: 'good', check: () => undefined },
    {
      name: 'away',
      check: () => {
        throw new DomainError('unavailable', 'AWAY', 'no server answers');
      },
    },
    { name: 'odd', check: () => Promise.reject(new Error('password is hunter2')) },
  );
  expect(JSON.parse((await ask('/readyz')).text)).toEqual({
    state: 'not ready',
    checks: { good: 'ok', away: 'AWAY: no server answers', odd: 'INTERNAL' },
  });
});
it('counts a condition without an answer as failed', async () => {
  await listen();
  server.readyWhen({ name: 'slow', check: () => new Promise(() => undefined) });
  expect(await ask('/readyz')).toMatchObject({
    status: 503,
    text: expect.stringContaining('no answer within 2000 ms') as string,
  });
});
it('is not ready while the process drains, but lives', async () => {
  await listen();
  server.readyWhen({ name: 'good', check: () => undefined });
  expect((await ask('/readyz')).status).toBe(200);
  server.drain();
  expect(await ask('/readyz')).toEqual({ status: 503, text: '{"state":"draining"}\n' });
  expect((await ask('/livez')).status).toBe(200);
});
it('shows the metrics of every reporter, drops removed ones, and counts a reporter that fails', async () => {
  await listen();
  const size = gauge({ name: 'noema_test_size_bytes', help: 'A size.', labels: ['of'] });
  let names = ['a', 'b'];
  const ends = [
    reportMetrics({
      name: 'sizes',
      gauges: [size],
      report: () => {
        for (const of of names) size.set({ of }, 7);
      },
    }),
    reportMetrics({
      name: 'broken',
      gauges: [],
      report: () => {
        throw new Error('away');
      },
    }),
  ];
  expect((await ask('/metrics')).text).toContain('noema_test_size_bytes{of="b"} 7');
  names = ['a'];
  const { text } = await ask('/metrics');
  expect(text).toContain('# TYPE noema_test_size_bytes gauge');
  expect(text).not.toContain('of="b"');
  expect(text).toContain('noema_metrics_report_failures_total{reporter="broken"} 2');
  for (const end of ends) end();
  expect((await ask('/metrics')).text).not.toContain('noema_test_size_bytes{');
});
it('answers nothing else', async () => {
  await listen();
  expect((await ask('/')).status).toBe(404);
  expect((await ask('/metrics', { method: 'POST' })).status).toBe(405);
});
