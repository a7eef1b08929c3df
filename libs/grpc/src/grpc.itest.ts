import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { connect, constants, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { UseGuards } from '@nestjs/common';
import { Health, HealthCheckResponse_ServingStatus as Serving } from '@noema/contracts/grpc/health/v1/health';
import { ServerReflection } from '@noema/contracts/grpc/reflection/v1/reflection';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { DomainError } from '@noema/kernel';
import { currentSpan, withSpan } from '@noema/observability';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { signLimitedToken, signToken, startApp, TEAM } from '../test/echo.app.js';
import { Careless, Echo, EchoController } from '../test/echo.service.js';
import { TRAVEL_MS } from './call.js';
import { createClient, GrpcService, type Handlers, type ServiceClient } from './index.js';

let app: Awaited<ReturnType<typeof startApp>>;
let echo: EchoController;
let client: ServiceClient<typeof Echo> & { close(): void };

beforeAll(async () => {
  app = await startApp();
  echo = app.app.get(EchoController);
  // Messages of 15 MiB take their time on a busy machine.
  client = createClient(Echo, { address: app.address, token: () => signToken('viewer'), timeoutMs: 120_000 });
});
afterEach(() => {
  echo.onSay = (req) => ({ value: req.value });
  echo.rowBytes = 10;
});
afterAll(async () => {
  client.close();
  await app.close();
});

async function* of<T>(...rows: T[]): AsyncIterable<T> {
  yield* rows;
}
const all = async <T>(rows: AsyncIterable<T>): Promise<T[]> => {
  const out: T[] = [];
  for await (const r of rows) out.push(r);
  return out;
};
const as = (token: string | undefined) => createClient(Echo, { address: app.address, token });

describe('the four kinds of call', () => {
  it('unary', async () => {
    expect((await client.say({ value: 'x' })).value).toBe('x');
  });
  it('server stream, in order', async () => {
    expect((await all(client.count({ value: 1000 }))).map((r) => Number.parseInt(r.value))).toEqual(
      Array.from({ length: 1000 }, (_, i) => i),
    );
  });
  it('client stream', async () => {
    expect((await client.sum(of({ value: 1 }, { value: 2 }, { value: 39 }))).value).toBe(42);
  });
  it('both ways, answered before the input ends', async () => {
    let second = (_: { value: string }): void => undefined;
    const later = new Promise<{ value: string }>((ok) => {
      second = ok;
    });
    const answers = client
      .chat(
        (async function* () {
          yield { value: 'a' };
          yield await later;
        })(),
      )
      [Symbol.asyncIterator]();
    expect((await answers.next()).value).toMatchObject({ value: 'A' });
    second({ value: 'b' });
    expect((await answers.next()).value).toMatchObject({ value: 'B' });
    expect((await answers.next()).done).toBe(true);
  });
  it('a source of requests that fails ends the call with its own error', async () => {
    const broken = async function* () {
      yield { value: 1 };
      throw new DomainError('data-loss', 'DISK', 'the file ended early');
    };
    await expect(client.sum(broken())).rejects.toMatchObject({ reason: 'DISK' });
  });
});

describe("RELIABILITY 13: requests above the team's rate", () => {
  const [flooding, calm] = ['0190a000-0000-7000-8000-0000000000f1', '0190a000-0000-7000-8000-0000000000f2'];
  it(
    'are refused with the time to wait, whoever of the team sends them; other teams and services are not ' +
      'concerned',
    async () => {
      const [one, two, other, service] = [
        as(await signLimitedToken('viewer', 5, flooding)),
        as(await signLimitedToken('admin', 5, flooding)),
        as(await signLimitedToken('viewer', 5, calm)),
        as(await signLimitedToken('service', 5, flooding)),
      ];
      const monotonic = performance.now.bind(performance);
      const [nowMs] = [monotonic()]; // a second later the bucket has more in it
      performance.now = () => nowMs;
      const results = await Promise.allSettled(
        Array.from({ length: 12 }, (_, n) => (n % 2 === 0 ? one : two).say({})),
      ).finally(() => {
        performance.now = monotonic;
      });
      expect(results.filter((r) => r.status === 'fulfilled')).toHaveLength(5);
      for (const result of results) {
        if (result.status === 'rejected')
          expect(result.reason).toMatchObject({
            kind: 'exhausted',
            reason: 'RATE_LIMITED',
            metadata: { quota: 'requests_per_minute', limit: '5', left: '0', retry_after_seconds: '12' },
          });
      }
      await other.say({});
      for (let n = 0; n < 10; n++) await service.serve({});
      for (const caller of [one, two, other, service]) caller.close();
    },
  );
});

describe('access', () => {
  it.each([
    ['viewer', ['say']],
    ['editor', ['say', 'change']],
    ['admin', ['say', 'change', 'rule']],
    ['service', ['say', 'change', 'serve']],
  ] as const)('%s may call %j', async (role, allowed) => {
    const caller = as(await signToken(role));
    const passed: string[] = [];
    for (const name of ['say', 'change', 'rule', 'serve'] as const) {
      await caller[name]({}).then(
        () => passed.push(name),
        (error: unknown) => {
          expect(error).toMatchObject({ kind: 'forbidden', reason: 'ROLE_TOO_LOW' });
        },
      );
    }
    expect(passed).toEqual(allowed);
    caller.close();
  });
  it('hands the principal to the handler, and writes down who changed what', async () => {
    const caller = as(await signToken('admin'));
    expect([(await caller.rule({})).value, (await caller.change({})).value]).toEqual([TEAM, 'ann']);
    expect(app.log.at(-1)).toMatchObject({
      level: 'info',
      rpc: '/test.Echo/Change',
      team_id: TEAM,
      subject: 'ann',
      ms: expect.any(Number) as number,
    });
    caller.close();
  });
  it('public RPCs need no token', async () => {
    const caller = as(undefined);
    expect((await caller.hello({ value: 'you' })).value).toBe('hello you');
    caller.close();
  });

  const none = Buffer.from('{"alg":"none"}').toString('base64url');
  it.each([
    ['no', async () => undefined, 'TOKEN_MISSING'],
    ['an expired', () => signToken('admin', -60), 'TOKEN_EXPIRED'],
    ['a forged', async () => `${(await signToken('admin')).slice(0, -6)}AAAAAA`, 'TOKEN_INVALID'],
    ['an unsigned', async () => `${none}.${(await signToken('admin')).split('.')[1]!}.`, 'TOKEN_INVALID'],
  ] as [string, () => Promise<string | undefined>, string][])(
    '%s token reaches no RPC of any kind',
    async (_, make, reason) => {
      const caller = as(await make());
      const refused = { kind: 'unauthenticated', reason };
      for (const name of ['say', 'change', 'rule', 'serve'] as const)
        await expect(caller[name]({})).rejects.toMatchObject(refused);
      await expect(all(caller.count({ value: 1 }))).rejects.toMatchObject(refused);
      await expect(caller.sum(of({ value: 1 }))).rejects.toMatchObject(refused);
      await expect(all(caller.chat(of({ value: 'x' })))).rejects.toMatchObject(refused);
      caller.close();
    },
  );
});

describe('what does not start', () => {
  it('a service with an RPC that declares no access', async () => {
    @GrpcService(Careless)
    class CarelessController implements Handlers<typeof Careless> {
      leak() {
        return { value: 'secret' };
      }
    }
    await expect(startApp([CarelessController])).rejects.toThrow(/Careless\/Leak declares no access/);
  });
  it('a provider whose guards Nest would drop', async () => {
    @UseGuards(
      class {
        canActivate() {
          return false;
        }
      },
    )
    class Guarded extends EchoController {}
    await expect(startApp([{ provide: 'echo', useFactory: () => new Guarded() }])).rejects.toThrow(
      /guards of Guarded .* are lost/,
    );
    const guarded = await startApp([Guarded]); // as a class it starts, and the guard holds
    const caller = createClient(Echo, { address: guarded.address, token: await signToken('admin') });
    await expect(caller.say({})).rejects.toBeInstanceOf(DomainError);
    caller.close();
    await guarded.close();
  });
  it('a second one on the same port', async () => {
    await expect(startApp([EchoController], { address: app.address })).rejects.toMatchObject({
      kind: 'precondition',
      reason: 'ADDRESS_IN_USE',
      message: expect.stringContaining(app.address) as string,
    });
  });
});

describe('errors', () => {
  it('arrive as they left', async () => {
    const error = new DomainError('invalid', 'NAME_EMPTY', 'name is empty; give one', {
      metadata: { field: 'name' },
      violations: [{ field: 'team.name', description: 'is empty' }],
    });
    echo.onSay = () => {
      throw error;
    };
    const got = await client.say({}).catch((e: unknown) => e);
    expect(got).toBeInstanceOf(DomainError);
    expect(got).toMatchObject({
      kind: error.kind,
      reason: error.reason,
      message: error.message,
      metadata: error.metadata,
      violations: error.violations,
    });
  });
  it.each([
    'invalid',
    'not-found',
    'exists',
    'conflict',
    'precondition',
    'unauthenticated',
    'forbidden',
    'exhausted',
    'unavailable',
    'timeout',
    'cancelled',
    'unsupported',
    'data-loss',
  ] as const)('%s keeps its kind', async (kind) => {
    echo.onSay = () => {
      throw new DomainError(kind, 'X', 'y');
    };
    await expect(client.say({})).rejects.toMatchObject({ kind, reason: 'X', message: 'y' });
  });
  it('with a text of 100 kB and 500 violations still arrive', async () => {
    echo.onSay = () => {
      throw new DomainError('invalid', 'LONG', 'ä'.repeat(100_000), {
        violations: Array.from({ length: 500 }, (_, i) => ({ field: `f${i}`, description: 'x'.repeat(500) })),
      });
    };
    await expect(client.say({})).rejects.toMatchObject({ kind: 'invalid', reason: 'LONG' });
  });
  it.each([
    ['foreign', new TypeError('password=hunter2')],
    ['internal', new DomainError('internal', 'DB', 'password=hunter2')],
  ])('%s ones hide their text and are logged with the cause', async (_, error) => {
    echo.onSay = () => {
      throw error;
    };
    const got = (await client.say({}).catch((e: unknown) => e)) as DomainError;
    expect(got).toMatchObject({ kind: 'internal', reason: 'INTERNAL' });
    expect(`${got.message}${String(got.cause)}`).not.toContain('hunter2');
    expect(app.log.at(-1)).toMatchObject({
      rpc: '/test.Echo/Say',
      team_id: TEAM,
      err: { message: 'password=hunter2' },
    });
    expect(app.log.at(-1)?.['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  });
  it('a message above 16 MiB is refused, by our client and by the server', async () => {
    await expect(client.say({ value: 'x'.repeat(17 << 20) })).rejects.toMatchObject({
      kind: 'invalid',
      reason: 'MESSAGE_TOO_LARGE',
    });
    expect(await rawCall(app.port, 200 << 20)).toBe('8');
    expect((await client.say({ value: 'x'.repeat(15 << 20) })).value).toHaveLength(15 << 20);
  });
  it('a peer that is not there is unavailable, at once', async () => {
    const gone = createClient(Echo, { address: '127.0.0.1:1', token: 'x' });
    await expect(gone.say({})).rejects.toMatchObject({
      kind: 'unavailable',
      reason: 'UNREACHABLE',
      message:
        '/test.Echo/Say cannot be reached (connect ECONNREFUSED); ask again in a few seconds, and check ' +
        'that its service runs',
    });
    gone.close();
  });
  it('no message says where a peer listens; the cause, which is for the log, does', async () => {
    const text = async (call: Promise<unknown>) => {
      const error = (await call.catch((e: unknown) => e)) as DomainError;
      return [error.kind, error.message, JSON.stringify(error.metadata)].join(' ');
    };
    const projects = createClient(ProjectService, { address: app.address, token: await signToken('viewer') });
    const gone = createClient(Echo, {
      address: 'nowhere.invalid:1',
      token: 'x',
      waitForReady: true,
      timeoutMs: 200,
    });
    echo.onSay = (_, { signal }) =>
      new Promise((ok) => {
        signal.addEventListener('abort', () => {
          ok({ value: '' });
        });
      });
    const texts = await Promise.all(
      [
        projects.getProject({ projectId: 'x' }),
        gone.say({}),
        all(gone.count({ value: 1 })),
        client.say({}, { timeoutMs: 50 }),
      ].map(text),
    );
    expect(texts.map((t) => t.split(' ')[0])).toEqual([
      'unsupported',
      'unavailable',
      'unavailable',
      'timeout',
    ]);
    expect(texts.join()).not.toMatch(/127\.0\.0\.1|nowhere|:\d/);
    expect(texts[0]).toContain('/noema.workspace.v1.ProjectService/GetProject is not known to its service');
    projects.close();
    gone.close();
  });
});

describe('RELIABILITY 15: deadline and cancel', () => {
  const hang = () => {
    let stopped = (_: unknown): void => undefined;
    const reason = new Promise<unknown>((ok) => {
      stopped = ok;
    });
    let begun = (): void => undefined;
    let hasBegun = false;
    const started = new Promise<void>((ok) => {
      begun = ok;
    });
    echo.onSay = async (_, ctx) => {
      hasBegun = true;
      begun();
      if (!ctx.signal.aborted) await once(ctx.signal, 'abort');
      stopped(ctx.signal.reason);
      return { value: '' };
    };
    return { reason, started, hasBegun: () => hasBegun };
  };
  it('a passed deadline stops the handler', async () => {
    // Without a connection the peer would be called unavailable, where this test runs before others.
    await client.say({});
    const { reason, hasBegun } = hang();
    // A deadline may also pass before the call has reached the handler. On a busy machine a longer call arrives so
    // late that its end looks like a caller that leaves.
    while (!hasBegun())
      await expect(client.say({}, { timeoutMs: TRAVEL_MS })).rejects.toMatchObject({ kind: 'timeout' });
    expect(await reason).toMatchObject({ kind: 'timeout' });
  });
  it('a caller that leaves stops the handler', async () => {
    const { reason, started } = hang();
    const abort = new AbortController();
    const call = client.say({}, { signal: abort.signal });
    await started;
    abort.abort();
    await expect(call).rejects.toMatchObject({ kind: 'cancelled' });
    expect(await reason).toMatchObject({ kind: 'cancelled' });
  });
  it(
    'an abort while a call is prepared ends it: before its token came, as it came, and before the peer ' +
      'was there',
    async () => {
      const patient = { timeoutMs: 600_000, streamTimeoutMs: 600_000 };
      const cancelled = { kind: 'cancelled', reason: 'CANCELLED' };
      let give = (_: string): void => undefined;
      const waiting = createClient(Echo, {
        address: app.address,
        token: () =>
          new Promise<string>((ok) => {
            give = ok;
          }),
        ...patient,
      });
      const token = await signToken('viewer');
      for (const ask of [
        (signal: AbortSignal) => waiting.say({}, { signal }),
        (signal: AbortSignal) => all(waiting.count({ value: 1 }, { signal })),
        (signal: AbortSignal) => waiting.sum(of({ value: 1 }), { signal }),
      ]) {
        for (const isGiven of [false, true]) {
          const abort = new AbortController();
          const call = ask(abort.signal);
          abort.abort();
          if (isGiven) give(token);
          await expect(call).rejects.toMatchObject(cancelled);
        }
      }
      waiting.close();
      // No server listens at port 1.
      const away = createClient(Echo, { address: '127.0.0.1:1', token, waitForReady: true, ...patient });
      for (const ask of [
        (signal: AbortSignal) => away.say({}, { signal }),
        (signal: AbortSignal) => all(away.count({ value: 1 }, { signal })),
      ]) {
        const abort = new AbortController();
        const call = ask(abort.signal);
        abort.abort();
        await expect(call).rejects.toMatchObject(cancelled);
      }
      away.close();
    },
  );
  it('a signal that has aborted before sends nothing', async () => {
    await expect(client.say({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
  });
  it('RELIABILITY 14: a stream is made no faster than it is read, and stops when the loop is left', async () => {
    echo.rowBytes = 10_000;
    const rows = client.count({ value: 100_000 })[Symbol.asyncIterator]();
    await rows.next();
    let before = 0;
    for (let still = 0; still < 50; still++) {
      // it stalls, while other calls go on
      await client.say({});
      if (echo.sent !== before) still = 0;
      before = echo.sent;
    }
    expect(before).toBeLessThan(5000);
    await rows.return?.();
    await echo.ended;
    expect(echo.sent).toBeLessThan(before + 10);
  });
});

it(
  'RELIABILITY 29: waits for a peer that is away until the deadline, then fails at once, and finds it ' +
    'when it is back',
  async () => {
    const address = await vacantAddress();
    const patient = createClient(Echo, {
      address,
      token: await signToken('viewer'),
      waitForReady: true,
      timeoutMs: 150,
    });
    const unreachable = { kind: 'unavailable', reason: 'UNREACHABLE' };
    await expect(patient.say({})).rejects.toMatchObject(unreachable);
    // it does not wait a minute
    await expect(patient.say({}, { timeoutMs: 60_000 })).rejects.toMatchObject(unreachable);
    const waiting = createClient(Echo, {
      address,
      token: await signToken('viewer'),
      waitForReady: true,
      timeoutMs: 150,
    });
    // a stream waits no longer, though its deadline is an hour away
    await expect(all(waiting.count({ value: 1 }))).rejects.toMatchObject(unreachable);
    waiting.close();
    const back = await startApp([EchoController], { address });
    for (let answered = false; !answered; )
      answered = await patient.say({}).then(
        () => true,
        () => false,
      );
    patient.close();
    await back.close();
  },
);

it(
  'RELIABILITY 29: a call that its peer breaks off, as one does that is killed, is unavailable; only who ' +
    'cancels hears that it was cancelled',
  async () => {
    const peer = createServer()
      .on('stream', (stream) => {
        stream.close(constants.NGHTTP2_CANCEL);
      })
      .listen(0, '127.0.0.1');
    await once(peer, 'listening');
    const broken = createClient(Echo, {
      address: `127.0.0.1:${(peer.address() as AddressInfo).port}`,
      token: await signToken('viewer'),
    });
    const lost = {
      kind: 'unavailable',
      reason: 'UNAVAILABLE',
      message: expect.stringContaining('ask again') as string,
    };
    await expect(broken.say({})).rejects.toMatchObject(lost);
    await expect(all(broken.count({ value: 1 }))).rejects.toMatchObject(lost);
    await expect(broken.say({}, { signal: AbortSignal.abort() })).rejects.toMatchObject({
      kind: 'cancelled',
    });
    broken.close();
    peer.close();
  },
);

it('spreads calls over every address, and goes on when one is lost', async () => {
  const two = [await startApp(), await startApp()];
  const called = [0, 0];
  two.forEach(({ app: nest }, i) => {
    nest.get(EchoController).onSay = (req) => {
      called[i]!++;
      return { value: req.value };
    };
  });
  const both = createClient(Echo, {
    address: `ipv4:${two.map((t) => t.address).join(',')}`,
    token: await signToken('viewer'),
    waitForReady: true,
  });
  while (called.includes(0)) await both.say({});
  called.fill(0);
  for (let i = 0; i < 40; i++) await both.say({});
  expect(Math.min(...called)).toBeGreaterThan(10);
  await two[0]!.close();
  const before = [...called];
  for (let i = 0; i < 10; i++) await both.say({});
  expect(called).toEqual([before[0], before[1]! + 10]);
  both.close();
  await two[1]!.close();
});

it('hands the trace on', async () => {
  let seen: string | undefined;
  echo.onSay = (req) => {
    seen = currentSpan()?.traceId;
    return { value: req.value };
  };
  await withSpan(
    'test',
    { role: 'server', parent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01' },
    () => client.say({}),
  );
  expect(seen).toBe('4bf92f3577b34da6a3ce929d0e0e4736');
});

it('reflection lists and describes, with its imports', async () => {
  const reflection = createClient(ServerReflection, { address: app.address });
  const ask = (messageRequest: { case: 'listServices' | 'fileContainingSymbol'; value: string }) => ({
    messageRequest,
  });
  const [list, file, nothing] = await all(
    reflection.serverReflectionInfo(
      of(
        ask({ case: 'listServices', value: '' }),
        ask({ case: 'fileContainingSymbol', value: 'test.Echo.Say' }),
        ask({ case: 'fileContainingSymbol', value: 'no.Such' }),
      ),
    ),
  );
  expect(list?.messageResponse).toMatchObject({
    value: { service: expect.arrayContaining([expect.objectContaining({ name: 'test.Echo' })]) as unknown },
  });
  expect(file?.messageResponse).toMatchObject({
    case: 'fileDescriptorResponse',
    value: { fileDescriptorProto: { length: 3 } },
  });
  expect(nothing?.messageResponse).toMatchObject({ case: 'errorResponse', value: { errorCode: 5 } });
  reflection.close();
});

describe('drain', () => {
  it('notifies the watchers, finishes live streams, takes no new calls', async () => {
    const own = await startApp([EchoController], { drainMs: 60_000 });
    const health = createClient(Health, { address: own.address });
    const caller = createClient(Echo, { address: own.address, token: await signToken('viewer') });
    expect((await health.check({ service: 'test.Echo' })).status).toBe(Serving.SERVING);
    await expect(health.check({ service: 'no' })).rejects.toMatchObject({ kind: 'not-found' });
    const watch = health.watch({})[Symbol.asyncIterator]();
    expect((await watch.next()).value).toMatchObject({ status: Serving.SERVING });
    own.app.get(EchoController).rowBytes = 10_000;
    const rows = caller.count({ value: 500 })[Symbol.asyncIterator]();
    await rows.next();
    const closing = own.close();
    expect((await watch.next()).value).toMatchObject({ status: Serving.NOT_SERVING });
    expect((await watch.next()).done).toBe(true);
    let n = 1;
    while ((await rows.next()).done !== true) n++;
    expect(n).toBe(500);
    await closing;
    await expect(caller.say({})).rejects.toMatchObject({ kind: 'unavailable' });
    caller.close();
    health.close();
  });
  it('cuts what is still live when its time is up', async () => {
    const own = await startApp([EchoController], { drainMs: 50 });
    const caller = createClient(Echo, { address: own.address, token: await signToken('viewer') });
    let reason: unknown;
    let begun = (): void => undefined;
    const started = new Promise<void>((ok) => {
      begun = ok;
    });
    own.app.get(EchoController).onSay = async (_, ctx) => {
      begun();
      await once(ctx.signal, 'abort');
      reason = ctx.signal.reason;
      return { value: '' };
    };
    const call = caller.say({}).catch((e: unknown) => e);
    await started;
    await own.close();
    expect(await call).toMatchObject({ kind: 'unavailable' });
    expect(reason).toMatchObject({ reason: 'SHUTTING_DOWN' });
    caller.close();
  });
});

/**
 * An address at which an application has served and does no more. Its port is below the ports that the system gives to
 * outgoing connections and to other tests, so no other program takes it meanwhile.
 */
async function vacantAddress(): Promise<string> {
  for (;;) {
    const address = `127.0.0.1:${randomInt(10_000, 12_000)}`;
    const served = await startApp([EchoController], { address }).catch((error: unknown) => {
      if (!(error instanceof DomainError && error.reason === 'ADDRESS_IN_USE')) throw error;
    });
    if (served === undefined) continue;
    await served.close();
    return address;
  }
}

/** A call by hand that announces a message of the given length; answers the grpc-status. */
async function rawCall(port: number, length: number): Promise<string | undefined> {
  const session = connect(`http://127.0.0.1:${port}`);
  const stream = session.request({
    ':method': 'POST',
    ':path': '/test.Echo/Hello',
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  const status = new Promise<string | undefined>((ok) => {
    stream.on('response', (h) => {
      if (h['grpc-status'] !== undefined) ok(String(h['grpc-status']));
    });
    stream.on('trailers', (h) => {
      ok(h['grpc-status'] === undefined ? undefined : String(h['grpc-status']));
    });
  });
  const head = Buffer.alloc(5);
  head.writeUInt32BE(length, 1);
  stream.write(head);
  stream.resume();
  const answer = await status;
  stream.close(constants.NGHTTP2_CANCEL);
  session.destroy();
  return answer;
}
