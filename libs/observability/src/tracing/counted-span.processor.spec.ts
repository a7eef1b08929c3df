import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { currentSpan, exportTraces, metricValue, silentLogger, withSpan } from '../index.js';

interface Span {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string }[];
}

const servers: Server[] = [];
const ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends.splice(0)) await end();
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

/** A collector with a settable answer. */
async function collector(
  answer: (res: ServerResponse) => void = (res) => {
    res.end('{}');
  },
) {
  const spans: Span[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        for (const { scopeSpans } of (
          JSON.parse(Buffer.concat(chunks).toString('utf8')) as {
            resourceSpans: { scopeSpans: { spans: Span[] }[] }[];
          }
        ).resourceSpans)
          spans.push(...scopeSpans.flatMap((s) => s.spans));
        answer(res);
      });
  });
  servers.push(server);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return { spans, endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

async function start(endpoint: string, ratio = 1): Promise<() => Promise<void>> {
  const end = await exportTraces({
    service: 'queue',
    role: 'service',
    endpoint,
    ratio,
    logger: silentLogger,
  });
  ends.push(end);
  return end;
}

const root = <T>(name: string, work: () => T, parent?: string): T =>
  withSpan(name, { role: 'server', service: 'queue', parent }, work);
const count = (outcome: string) => metricValue('noema_trace_spans_total', { outcome });

describe('exported spans', () => {
  it('arrive when the process ends, with their parents and the reason of what failed, never its text', async () => {
    const { spans, endpoint } = await collector();
    const end = await start(endpoint);
    root('outer', () => {
      expect(() =>
        withSpan('inner', { role: 'internal' }, () => {
          throw new Error('password is hunter2');
        }),
      ).toThrow();
    });
    await end();
    const [inner, outer] = [spans.find((s) => s.name === 'inner')!, spans.find((s) => s.name === 'outer')!];
    expect(inner).toMatchObject({ traceId: outer.traceId, status: { code: 2, message: 'INTERNAL' } });
    expect(JSON.stringify(spans)).not.toContain('hunter2');
  });
  it('follow the decision of the caller, and the ratio where they begin', async () => {
    const { spans, endpoint } = await collector();
    const end = await start(endpoint, 0);
    root('here', () => undefined);
    root('requested', () => undefined, '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');
    root('not requested', () => undefined, '00-4bf92f3577b34da6a3ce929d0e0e4737-00f067aa0ba902b7-00');
    await end();
    expect(spans.map((s) => s.name)).toEqual(['requested']);
  });
  it('of work outside of a service that exports are not made, but ids are', () => {
    expect(root('no export', () => currentSpan()?.traceId)).toMatch(/^[0-9a-f]{32}$/);
    withSpan('a step', { role: 'internal' }, () => {
      expect(currentSpan()).toBeUndefined();
    });
  });
});

describe('a collector that is away', () => {
  it('that refuses is counted', async () => {
    const { endpoint } = await collector((res) => {
      res.writeHead(400).end();
    });
    const end = await start(endpoint);
    const before = await count('failed');
    root('refused', () => undefined);
    await end();
    expect(await count('failed')).toBe(before + 1);
  });
  it(
    'holds no caller up: a full queue drops, the end takes no longer than its bound, and all of it is ' +
      'counted',
    async () => {
      const { endpoint } = await collector(() => undefined); // it never answers
      const end = await start(endpoint);
      const before = await count('dropped');
      const begunMs = performance.now();
      for (let i = 0; i < 10_000; i++) root('work', () => undefined);
      expect(performance.now() - begunMs).toBeLessThan(30_000);
      expect(await count('dropped')).toBeGreaterThan(before + 5_000);
      const endMs = performance.now();
      await end();
      expect(performance.now() - endMs).toBeLessThan(20_000);
      expect(await count('dropped')).toBeGreaterThan(before + 9_000);
    },
  );
});
