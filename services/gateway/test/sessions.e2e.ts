import { SessionService } from '@noema/contracts/noema/gateway/v1/session_service';
import { DomainError } from '@noema/kernel';
import { createLogger, silentLogger } from '@noema/observability';
import { createRestClient } from '@noema/rest';
import { waitFor, withStillClock } from '@noema/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../src/index.js';
import { startPlatform } from './platform.js';

const KEY = 'noema_good_key';
let p: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  p = await startPlatform();
});
afterAll(() => p.close());
beforeEach(() => {
  p.tokens.revoked.clear();
  p.tokens.endFault = undefined;
});

type Headers = Record<string, string>;
const ask = (path: string, headers: Headers = {}, init: RequestInit = {}) =>
  fetch(p.base + path, { ...init, headers });
const send = (method: string, path: string, body: string, headers: Headers = {}) =>
  ask(path, { 'content-type': 'application/json', ...headers }, { method, body });
const signIn = (apiKey: string, headers: Headers = {}) =>
  send('POST', '/v1/session', JSON.stringify({ apiKey }), headers);
const readCookie = (response: Response) => (response.headers.get('set-cookie') ?? '').split(';')[0]!;
/** The name of the cookie at a gateway. */
const nameAt = (address: string): string => `noema_session_${address.split(':').at(-1)!}`;
const markAt = (address: string): string => `noema_signed_in_${address.split(':').at(-1)!}`;
const NAME = (): string => nameAt(p.base);
const reason = async (response: Response) => [
  response.status,
  ((await response.json()) as { reason: string }).reason,
];

describe('a session', () => {
  it('begins with a key: a cookie that no script reads and no other site sends', async () => {
    const response = await signIn(KEY);
    expect(await response.json()).toMatchObject({ self: { subject: 'ann', role: 'ROLE_EDITOR' } });
    const [cookie, mark] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^noema_session_\d+=[\w-]+; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Strict$/);
    expect(cookie).not.toContain('key');
    // By the mark the page knows that a session may be there.
    expect(mark).toMatch(/^noema_signed_in_\d+=1; Max-Age=2592000; Path=\/; SameSite=Strict$/);
    const secure = await signIn(KEY, { 'x-forwarded-proto': 'https' });
    expect(secure.headers.getSetCookie()).toEqual([
      expect.stringMatching(/^__Host-noema_session=.*; Path=\/; HttpOnly; Secure; SameSite=Strict$/),
      '__Host-noema_signed_in=1; Max-Age=2592000; Path=/; Secure; SameSite=Strict',
    ]);
    expect([secure, response].map(({ headers }) => headers.get('strict-transport-security'))).toEqual([
      'max-age=31536000',
      null,
    ]);
    expect(
      (await ask('/v1/projects/7', { 'x-forwarded-proto': 'https', cookie: readCookie(secure) })).status,
    ).toBe(200);
    expect((await ask('/v1/projects/7', { cookie: readCookie(secure) })).status).toBe(401);
  });

  it('signs reads, pictures and streams in', async () => {
    const cookie = readCookie(await signIn(KEY));
    expect((await ask('/v1/projects/7', { cookie: `theme=dark; ${cookie}; x` })).status).toBe(200);
    expect(
      (await ask('/v1/dataset-versions/v/samples/test/7/visuals/image', { cookie })).headers.get('vary'),
    ).toBe('authorization, cookie');
    const events = await ask('/v1/explorations/e/points', { cookie });
    expect([events.headers.get('content-type'), await events.text()]).toEqual([
      'text/event-stream',
      expect.stringContaining('event: end'),
    ]);
  });

  it('changes something only from the page itself', async () => {
    const cookie = readCookie(await signIn(KEY));
    const change = async (headers: Headers) =>
      reason(await send('POST', '/v1/projects', '{"displayName":"x"}', { cookie, ...headers }));
    const { host } = new URL(p.base);
    for (const headers of [
      {},
      { 'sec-fetch-site': 'cross-site' },
      { 'sec-fetch-site': 'same-site', origin: p.base },
      { origin: 'http://evil.example' },
      { origin: 'null' },
      { origin: `http://${host.replace(/\d+$/, '1')}` },
    ] as Headers[]) {
      expect(await change(headers), JSON.stringify(headers)).toEqual([403, 'CROSS_SITE']);
    }
    for (const headers of [{ 'sec-fetch-site': 'same-origin' }, { origin: p.base }] as Headers[])
      expect((await change(headers))[0]).toBe(200);
    expect(
      (
        await send('POST', '/v1/projects', '{}', {
          cookie,
          authorization: `Bearer ${KEY}`,
          origin: 'http://other.example',
        })
      ).status,
    ).toBe(200);
  });

  it('begins and ends from no other site', async () => {
    expect(await reason(await signIn(KEY, { 'sec-fetch-site': 'cross-site' }))).toEqual([403, 'CROSS_SITE']);
    expect(
      await reason(await ask('/v1/session', { origin: 'http://evil.example' }, { method: 'DELETE' })),
    ).toEqual([403, 'CROSS_SITE']);
  });

  it('ends when it is deleted', async () => {
    const response = await ask('/v1/session', {}, { method: 'DELETE' });
    expect([response.status, ...response.headers.getSetCookie()]).toEqual([
      200,
      `${NAME()}=; Max-Age=0; Path=/; HttpOnly; SameSite=Strict`,
      `${markAt(p.base)}=; Max-Age=0; Path=/; SameSite=Strict`,
    ]);
  });

  it('that an earlier version began gets its mark where the page asks how to sign in', async () => {
    const cookie = readCookie(await signIn(KEY));
    const marks = async (cookies: string) =>
      (await ask('/v1/session/sign-in-options', { cookie: cookies })).headers.getSetCookie();
    expect(await marks(cookie)).toEqual([
      expect.stringMatching(
        new RegExp(`^${markAt(p.base)}=1; Max-Age=(2592000|25919\\d\\d); Path=/; SameSite=Strict$`),
      ),
    ]);
    expect(await marks(`${cookie}; ${markAt(p.base)}=1`)).toEqual([]);
    expect(await marks(`${NAME()}=forged`)).toEqual([]);
  });

  it(
    'RELIABILITY 44: is over for whoever has kept its cookie, here and at every other gateway, and for no ' +
      'other session of the key',
    async () => {
      const other = await startGateway(p.env, { logger: silentLogger });
      const [mine, kept] = [readCookie(await signIn(KEY)), readCookie(await signIn(KEY))];
      const there = async (cookie: string) =>
        (
          await fetch(`http://${other.address}/v1/projects/7`, {
            headers: { cookie: cookie.replace(NAME(), nameAt(other.address)) },
          })
        ).status;
      expect([
        (await ask('/v1/projects/7', { cookie: mine })).status,
        await there(mine),
        await there(kept),
      ]).toEqual([200, 200, 200]);
      expect((await ask('/v1/session', { cookie: mine, origin: p.base }, { method: 'DELETE' })).status).toBe(
        200,
      );
      for (const path of ['/v1/projects/7', '/v1/self', '/v1/session/teams']) {
        const refused = await ask(path, { cookie: mine });
        expect([
          path,
          refused.headers.get('set-cookie')?.startsWith(`${NAME()}=; Max-Age=0`),
          ...(await reason(refused)),
        ]).toEqual([path, true, 401, 'SESSION_INVALID']);
      }
      await waitFor(async () => (await there(mine)) === 401, { what: 'the other gateway to hear of it' });
      expect([
        (await ask('/v1/projects/7', { cookie: kept })).status,
        await there(kept),
        (await ask('/v1/projects/7', { authorization: `Bearer ${KEY}` })).status,
      ]).toEqual([200, 200, 200]);
      expect((await ask('/v1/session', { cookie: mine }, { method: 'DELETE' })).status).toBe(200);
      await other.close();
    },
  );

  it('that cannot be ended now goes on, and the answer reports it', async () => {
    const cookie = readCookie(await signIn(KEY));
    p.tokens.endFault = new DomainError('unavailable', 'DATABASE_AWAY', 'the database is away');
    const response = await ask('/v1/session', { cookie }, { method: 'DELETE' });
    expect([response.headers.get('set-cookie'), ...(await reason(response))]).toEqual([
      null,
      503,
      'DATABASE_AWAY',
    ]);
    expect((await ask('/v1/projects/7', { cookie })).status).toBe(200);
  });

  it('that is forged, of another gateway, or of a revoked key is refused and taken away', async () => {
    const cleared = async (response: Response, why: string) => {
      expect(response.headers.get('set-cookie')).toMatch(/^noema_session_\d+=; Max-Age=0/);
      expect(await reason(response)).toEqual([401, why]);
    };
    await cleared(
      await ask('/v1/projects/7', { cookie: `${NAME()}=bm9ib2R5IHNlYWxlZCB0aGlzIHRleHQgaGVyZSwgbm9ib2R5` }),
      'SESSION_INVALID',
    );
    await cleared(await ask('/v1/projects/7', { cookie: `${NAME()}=` }), 'SESSION_INVALID');
    p.tokens.lifetimeS = 0;
    const cookie = readCookie(await signIn('noema_good_later'));
    p.tokens.lifetimeS = 600;
    p.tokens.revoked.add('noema_good_later');
    await cleared(await ask('/v1/projects/7', { cookie }), 'API_KEY_INVALID');
  });

  it('goes before nothing that is said in authorization', async () => {
    const response = await ask('/v1/projects/7', {
      cookie: readCookie(await signIn(KEY)),
      authorization: 'Bearer noema_bad',
    });
    expect([response.headers.get('set-cookie'), ...(await reason(response))]).toEqual([
      null,
      401,
      'API_KEY_INVALID',
    ]);
  });

  it('is refused for what is no good key, and too many tries have to wait', async () => {
    expect(await reason(await signIn(''))).toEqual([400, 'FIELD_INVALID']);
    for (const key of ['noema_bad', await p.signToken('editor'), 'noema_good x', 'noema_good\r\nx: y'])
      expect(await reason(await signIn(key))).toEqual([401, 'API_KEY_INVALID']);
    let last: Response;
    do last = await signIn('noema_bad');
    while (last.status === 401);
    expect([last.headers.get('retry-after'), ...(await reason(last))]).toEqual([
      '1',
      429,
      'SIGN_IN_BACK_OFF',
    ]);
  });
  it('has to wait by the address that a trusted proxy saw, whatever the caller wrote before it', async () => {
    const gateway = await startGateway({ ...p.env, NOEMA_TRUSTED_PROXIES: '1' }, { logger: silentLogger });
    const from = (address: string, apiKey: string) =>
      fetch(`http://${gateway.address}/v1/session`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': `${Math.random()}, ${address}` },
        body: JSON.stringify({ apiKey }),
      });
    // A second later the first address may try again.
    const statuses = await withStillClock(async () => {
      let status = 401;
      while (status === 401) ({ status } = await from('192.0.2.1', 'noema_bad'));
      return [status, (await from('192.0.2.1', KEY)).status, (await from('192.0.2.2', KEY)).status];
    });
    expect(statuses).toEqual([429, 429, 200]);
    await gateway.close();
  });
});

it('the key of a sign-in is in no log, neither when it is good nor when it is bad', async () => {
  const lines: string[] = [];
  const gateway = await startGateway(
    { ...p.env, NOEMA_LOG_LEVEL: 'debug' },
    {
      logger: createLogger({
        service: 'gateway',
        level: 'debug',
        destination: {
          write: (line: string) => {
            lines.push(line);
          },
        },
      }),
    },
  );
  const client = createRestClient(SessionService, { baseUrl: `http://${gateway.address}` });
  expect((await client.createSession({ apiKey: KEY })).self?.subject).toBe('ann');
  await expect(client.createSession({ apiKey: 'noema_bad_one' })).rejects.toMatchObject({
    reason: 'API_KEY_INVALID',
  });
  await gateway.close();
  expect(lines.join()).toContain('/v1/session');
  expect(lines.join()).not.toMatch(/noema_good|noema_bad/);
});

it('a gateway without a secret says that it keeps no sessions', async () => {
  const { NOEMA_SESSION_SECRET: _, ...env } = p.env;
  const gateway = await startGateway(env, { logger: silentLogger });
  const client = createRestClient(SessionService, { baseUrl: `http://${gateway.address}` });
  await expect(client.createSession({ apiKey: KEY })).rejects.toMatchObject({
    kind: 'unsupported',
    reason: 'SESSIONS_OFF',
  });
  expect(
    await reason(
      await fetch(`http://${gateway.address}/v1/projects/7`, {
        headers: { cookie: `${nameAt(gateway.address)}=x` },
      }),
    ),
  ).toEqual([401, 'SESSION_INVALID']);
  await gateway.close();
  await expect(
    startGateway({ ...env, NOEMA_SESSION_SECRET: 'short' }, { logger: silentLogger }),
  ).rejects.toThrow('NOEMA_SESSION_SECRET');
});
