import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportTraces, silentLogger, withSpan } from '@noema/observability';
import { createClient } from '../src/index.js';
import { countAsked, countServed } from '../src/call.metrics.js';
import { signToken, startApp } from './echo.app.js';
import { Echo } from './echo.service.js';

/**
 * The cost of tracing per call, in processor time of client and server together, which other work on the
 * machine hardly changes: an echo over gRPC with and without export of traces, and the part of it that spans
 * without export and metrics are. `node libs/grpc/dist/test/trace-cost.js`
 */
const ROUNDS = 12;
const CALLS = 1_500;
const STEPS = 100_000;

const app = await startApp(undefined, { service: 'echo', logger: silentLogger });
const client = createClient(Echo, { address: app.address, token: await signToken('viewer') });
const collector = createServer((req, res) => {
  req.resume().on('end', () => {
    res.end('{}');
  });
});
await new Promise<void>((resolve) => {
  collector.listen(0, '127.0.0.1', resolve);
});
const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;

async function cpuUs(count: number, work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  for (let i = 0; i < count; i++) await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / count;
}

const call = (): Promise<unknown> => client.say({ value: 'hello' });
const method = Echo.method.say;
/** The tracing work of a call without export: two spans, two counts, two times. */
const watching = (): unknown =>
  withSpan('a', { role: 'client' }, () =>
    withSpan(
      'b',
      { role: 'server', service: 'echo', parent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
      () => {
        countAsked(method, 'OK', 1);
        countServed(method, 'OK', 1);
      },
    ),
  );

await cpuUs(CALLS, call);
const [off, on]: [number[], number[]] = [[], []];
for (let round = 0; round < ROUNDS; round++) {
  off.push(await cpuUs(CALLS, call));
  const end = await exportTraces({
    service: 'echo',
    role: 'service',
    endpoint,
    ratio: 1,
    logger: silentLogger,
  });
  on.push(await cpuUs(CALLS, call));
  await end();
}
await cpuUs(STEPS, watching);
const own = await cpuUs(STEPS, watching);
const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;
const [without, exported] = [median(off), median(on)];
process.stdout.write(
  `${JSON.stringify({
    call_us: Math.round(without),
    watching_us: Number(own.toFixed(2)),
    watching_share: Number((own / without).toFixed(4)),
    exported_us: Math.round(exported),
    exported_ratio: Number((exported / without).toFixed(3)),
  })}\n`,
);
client.close();
await app.close();
collector.close();
