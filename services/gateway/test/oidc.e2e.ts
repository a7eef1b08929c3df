import { createHmac } from 'node:crypto';
import { createLogger, silentLogger } from '@noema/observability';
import { startIdentityProvider, type TestIdentityProvider } from '@noema/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startGateway } from '../src/index.js';
import { type Forge, startLyingProvider } from './lying-provider.js';
import { startPlatform } from './platform.js';
import { deriveTeam } from './platform.controllers.js';
import { readLocation, Visitor } from './visitor.js';

const PUBLIC = 'http://noema.test';
const KEY = 'noema_good_key';
const people = {
  ann: { email: 'ann@example.org', email_verified: true, name: 'Ann' },
  bob: { email: 'bob@example.org', email_verified: true },
  eve: { email: 'ann@example.org', email_verified: false },
  nomail: {},
  carl: { email: 'carl@example.org', email_verified: true },
  dora: { email: 'dora@example.org', email_verified: true },
};
type Platform = Awaited<ReturnType<typeof startPlatform>>;
type Liar = Awaited<ReturnType<typeof startLyingProvider>>;

const settings = (issuer: string): Record<string, string> => ({
  NOEMA_OIDC_ISSUER: issuer,
  NOEMA_OIDC_CLIENT_ID: 'noema',
  NOEMA_OIDC_CLIENT_SECRET: 'very secret, this',
  NOEMA_OIDC_NAME: 'Example ID',
  NOEMA_PUBLIC_URL: PUBLIC,
});
const reason = async (response: Response) => [
  response.status,
  ((await response.json()) as { reason: string }).reason,
];
const refused = (why: string, email?: string) =>
  `/sign-in#${new URLSearchParams({ refused: why, ...(email !== undefined && { email }) }).toString()}`;
const json = async (visitor: Visitor, path: string, init?: RequestInit) =>
  (await (await visitor.go(path, init)).json()) as Record<string, unknown>;
const readSession = ({ cookies }: Visitor): string =>
  [...cookies.platform].find(([name]) => name.startsWith('noema_session_'))![1];
const own = { 'sec-fetch-site': 'same-origin', 'content-type': 'application/json' };

describe('people sign in at a real provider', () => {
  let [p, provider]: [Platform | undefined, TestIdentityProvider | undefined] = [undefined, undefined];
  beforeAll(async () => {
    provider = await startIdentityProvider({
      people,
      clientId: 'noema',
      clientSecret: 'very secret, this',
      redirectUris: [`${PUBLIC}/oidc/callback`],
      signedOutUris: [`${PUBLIC}/sign-in`],
    });
    p = await startPlatform(settings(provider.issuer));
  });
  afterAll(async () => {
    await p?.close();
    await provider?.stop();
  });
  beforeEach(() => {
    provider!.away = false;
    p!.identities.removed.clear();
    p!.identities.lifetimeS = 600;
    p!.identities.invited = { 'ann@example.org': ['Alpha', 'Beta'], 'bob@example.org': ['Beta'] };
  });
  const visitor = () => new Visitor(p!.base, PUBLIC);

  it('and the page knows where', async () => {
    expect(await json(visitor(), '/v1/session/sign-in-options')).toEqual({
      apiKey: true,
      identityProvider: { displayName: 'Example ID', signInPath: '/oidc/sign-in' },
    });
  });

  it(
    'come back to where they were, as a member of their team, with a cookie that no script reads and no ' +
      'other site sends',
    async () => {
      const bob = visitor();
      const begun = await bob.go('/oidc/sign-in?next=%2Fprojects%2F7');
      expect(begun.headers.get('set-cookie')).toMatch(
        /^noema_login=[\w-]+; Max-Age=600; Path=\/oidc; HttpOnly; SameSite=Lax$/,
      );
      expect(Object.fromEntries(new URL(readLocation(begun)).searchParams)).toMatchObject({
        response_type: 'code',
        code_challenge_method: 'S256',
        scope: 'openid email profile',
        redirect_uri: `${PUBLIC}/oidc/callback`,
      });
      const back = await bob.go(await bob.signInAt('bob'));
      expect([back.status, readLocation(back)]).toEqual([303, '/projects/7']);
      const [gone = '', cookie = ''] = back.headers.getSetCookie();
      expect(gone).toMatch(/^noema_login=; Max-Age=0/);
      expect(cookie).toMatch(/^noema_session_\d+=[\w-]+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/);
      expect((await bob.go('/v1/projects/7')).status).toBe(200);
      expect(p!.identities.calls.at(-1)).toMatchObject({
        role: 'service',
        subject: 'gateway',
        teamId: deriveTeam('Beta'),
      });
      expect((await bob.go('/v1/projects', { method: 'POST', body: '{}' })).status).toBe(403);
      expect((await bob.go('/v1/projects', { method: 'POST', body: '{}', headers: own })).status).toBe(200);
    },
  );

  it('choose between their teams, and go over to another', async () => {
    const ann = visitor();
    expect(await ann.signIn('ann')).toBe('/choose-team?next=%2Fprojects%2F7');
    const [alpha, beta] = [deriveTeam('Alpha'), deriveTeam('Beta')];
    expect(await json(ann, '/v1/session/teams')).toMatchObject({
      teamId: alpha,
      memberships: [
        { teamId: alpha, teamDisplayName: 'Alpha' },
        { teamId: beta, teamDisplayName: 'Beta', role: 'ROLE_EDITOR' },
      ],
      expireTime: expect.any(String) as string,
    });
    const switchTo = (teamId: string) =>
      ann.go('/v1/session:switchTeam', { method: 'POST', body: JSON.stringify({ teamId }), headers: own });
    expect((await switchTo(beta)).status).toBe(200);
    expect(await json(ann, '/v1/session/teams')).toMatchObject({ teamId: beta });
    expect(await reason(await switchTo(deriveTeam('Gamma')))).toEqual([404, 'TEAM_NOT_FOUND']);
    expect(await json(ann, '/v1/session/teams')).toMatchObject({ teamId: beta });
  });

  it('sign out here and are led to sign out there', async () => {
    const bob = visitor();
    await bob.signIn('bob');
    const { continueUri } = (await json(bob, '/v1/session', { method: 'DELETE', headers: own })) as {
      continueUri: string;
    };
    const query = new URLSearchParams({
      client_id: 'noema',
      post_logout_redirect_uri: `${PUBLIC}/sign-in`,
    });
    expect(continueUri).toBe(`${provider!.issuer}/session/end?${query.toString()}`);
    expect(bob.cookies.platform.size).toBe(0);
    expect((await fetch(continueUri)).status).toBe(200);
  });

  it('are refused when no admin has added them, or the address is not verified', async () => {
    expect(await visitor().signIn('carl')).toBe(refused('NOT_A_MEMBER', 'carl@example.org'));
    expect(await visitor().signIn('eve')).toBe(refused('EMAIL_UNVERIFIED', 'ann@example.org'));
    expect(p!.identities.calls.at(-1)).toMatchObject({ verifiedEmail: '' });
    expect(await visitor().signIn('nomail')).toBe(refused('NOT_A_MEMBER'));
    expect(await visitor().signIn('stranger')).toBe(refused('PROVIDER_REFUSED'));
  });

  it('are out with their next token when they are no member any more', async () => {
    p!.identities.invited = { 'dora@example.org': ['Alpha'] };
    p!.identities.lifetimeS = 0;
    const dora = visitor();
    await dora.signIn('dora');
    expect((await dora.go('/v1/projects/7')).status).toBe(200);
    p!.identities.removed.add('dora');
    expect(await reason(await dora.go('/v1/projects/7'))).toEqual([401, 'IDENTITY_UNKNOWN']);
    expect(dora.cookies.platform.size).toBe(0);
  });

  it('with their own browser alone, once, in time, with the state of the started login', async () => {
    const [bob, thief] = [visitor(), visitor()];
    const callback = await bob.signInAt('bob');
    expect(readLocation(await thief.go(callback))).toBe(refused('LOGIN_EXPIRED'));
    await thief.go('/oidc/sign-in');
    expect(readLocation(await thief.go(callback))).toBe(refused('LOGIN_EXPIRED'));
    const login = bob.cookies.platform.get('noema_login')!;
    expect(readLocation(await bob.go(callback))).toBe('/projects/7');
    expect(readLocation(await bob.go(callback))).toBe(refused('LOGIN_EXPIRED'));
    bob.cookies.platform.set('noema_login', login); // a code is good once, also for who has kept the cookie
    expect(readLocation(await bob.go(callback))).toBe(refused('PROVIDER_REFUSED'));
    const again = await bob.signInAt('bob');
    expect(readLocation(await bob.go(again.replace(/state=[\w-]+/, 'state=x')))).toBe(
      refused('LOGIN_EXPIRED'),
    );
    bob.cookies.platform.set('noema_login', 'bm9ib2R5IHNlYWxlZCB0aGlzIHRleHQgaGVyZSwgbm9ib2R5');
    expect(readLocation(await bob.go(again))).toBe(refused('LOGIN_EXPIRED'));
  });

  it('are led to no other site', async () => {
    for (const next of [
      'https://evil.example',
      '//evil.example',
      '/\\evil.example',
      '/\t/evil.example',
      '/v1/session',
    ])
      expect(await visitor().signIn('bob', next), next).toBe('/');
  });

  it('a token of the provider is no credential here', async () => {
    expect(
      await reason(
        await fetch(`${p!.base}/v1/projects/7`, {
          headers: { authorization: 'Bearer eyJhbGciOiJSUzI1NiJ9.e30.x' },
        }),
      ),
    ).toEqual([401, 'TOKEN_INVALID']);
  });

  it(
    'a gateway whose secret has changed in time still knows them, and API keys work while the provider is ' +
      'away',
    async () => {
      const bob = visitor();
      await bob.signIn('bob');
      const secret = `${Buffer.alloc(32, 7).toString('base64')},${p!.env.NOEMA_SESSION_SECRET}`;
      provider!.away = true;
      const gateway = await startGateway(
        { ...p!.env, NOEMA_SESSION_SECRET: secret },
        { logger: silentLogger },
      );
      const there = new Visitor(`http://${gateway.address}`, PUBLIC);
      there.cookies.platform.set(`noema_session_${gateway.address.split(':').at(-1)!}`, readSession(bob));
      expect((await there.go('/v1/projects/7')).status).toBe(200);
      expect(readLocation(await there.go('/oidc/sign-in'))).toBe(refused('PROVIDER_AWAY'));
      expect(
        (
          await there.go('/v1/session', {
            method: 'POST',
            body: JSON.stringify({ apiKey: KEY }),
            headers: own,
          })
        ).status,
      ).toBe(200);
      expect(await json(there, '/v1/session', { method: 'DELETE', headers: own })).toEqual({
        continueUri: '',
      });
      await gateway.close();
    },
  );

  it('neither code, nor token, nor cookie is in a log', async () => {
    const lines: string[] = [];
    const gateway = await startGateway(
      { ...p!.env, NOEMA_LOG_LEVEL: 'debug' },
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
    const bob = new Visitor(`http://${gateway.address}`, PUBLIC);
    const callback = await bob.signInAt('bob');
    const secrets = [
      ...new URL(callback).searchParams.values(),
      bob.cookies.platform.get('noema_login')!,
    ].filter((value) => value !== provider!.issuer);
    expect(readLocation(await bob.go(callback))).toBe('/projects/7');
    await gateway.close();
    const log = lines.join('');
    expect(log).toContain('a person signed in');
    for (const value of [...secrets, readSession(bob), 'very secret']) expect(log).not.toContain(value);
  });
});

describe('what a provider sends is believed only if it holds', () => {
  let [p, liar]: [Platform | undefined, Liar | undefined] = [undefined, undefined];
  beforeAll(async () => {
    liar = await startLyingProvider();
    p = await startPlatform(settings(liar.issuer));
    p.identities.invited = { 'ann@example.org': ['Alpha'] };
  });
  afterAll(async () => {
    await p?.close();
    await liar?.stop();
  });
  afterEach(() => {
    liar!.tokenAnswer = undefined;
  });

  const signIn = async (forge: Forge): Promise<string> => {
    const visitor = new Visitor(p!.base, PUBLIC);
    const { searchParams } = new URL(readLocation(await visitor.go('/oidc/sign-in?next=%2Fa')));
    Object.assign(liar!, { nonce: searchParams.get('nonce'), forge });
    const query = new URLSearchParams({ code: 'c', state: searchParams.get('state') ?? '' });
    return readLocation(await visitor.go(`${PUBLIC}/oidc/callback?${query.toString()}`));
  };
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');

  it('an honest token is', async () => {
    expect(await signIn((claims, honest) => honest(claims))).toBe('/a');
    expect(
      await signIn((claims, honest) => honest({ ...claims, aud: ['noema', 'other'], azp: 'noema' })),
    ).toBe('/a');
  });

  it.each<[string, Forge]>([
    ['of another nonce', (claims, honest) => honest({ ...claims, nonce: 'x' })],
    ['without a nonce', ({ nonce: _, ...claims }, honest) => honest(claims)],
    ['for another client', (claims, honest) => honest({ ...claims, aud: 'other' })],
    [
      'for several, and authorized for another',
      (claims, honest) => honest({ ...claims, aud: ['noema', 'other'], azp: 'other' }),
    ],
    ['of another issuer', (claims, honest) => honest({ ...claims, iss: 'https://evil.example' })],
    [
      'that has ended',
      (claims, honest) => honest({ ...claims, iat: claims.iat! - 4000, exp: claims.exp! - 4000 }),
    ],
    ['that never ends', ({ exp: _, ...claims }, honest) => honest(claims)],
    ['without a subject', ({ sub: _, ...claims }, honest) => honest(claims)],
    ["by a stranger's key", (claims, honest) => honest(claims, { kid: 'stranger' })],
    [
      'with claims put in',
      async (claims, honest) =>
        (await honest(claims)).replace(/\.[^.]+\./, `.${part({ ...claims, sub: 'admin' })}.`),
    ],
    ['without a signature', (claims) => Promise.resolve(`${part({ alg: 'none' })}.${part(claims)}.`)],
    [
      'by HMAC with the public key',
      (claims, _, pem) => {
        const signed = `${part({ alg: 'HS256', kid: 'one' })}.${part(claims)}`;
        return Promise.resolve(`${signed}.${createHmac('sha256', pem).update(signed).digest('base64url')}`);
      },
    ],
    [
      'by HMAC with our secret',
      (claims) => {
        const signed = `${part({ alg: 'HS256' })}.${part(claims)}`;
        return Promise.resolve(
          `${signed}.${createHmac('sha256', 'very secret, this').update(signed).digest('base64url')}`,
        );
      },
    ],
    ['that is not a JWT', () => Promise.resolve('nonsense')],
  ])('a token %s is not', async (_, forge) => {
    expect(await signIn(forge)).toBe(refused('IDENTITY_INVALID'));
  });

  it('an address counts as verified by the value true alone', async () => {
    for (const verified of ['true', 1, null, undefined])
      expect(
        await signIn((claims, honest) => honest({ ...claims, sub: 'new', email_verified: verified })),
      ).toBe(refused('EMAIL_UNVERIFIED', 'ann@example.org'));
  });

  it('its faults are distinguished: a refusal, or an unavailable provider', async () => {
    const answer = async (status: number, body: string) => {
      liar!.tokenAnswer = { status, body };
      return signIn((claims, honest) => honest(claims));
    };
    expect(await answer(400, '{"error":"invalid_grant"}')).toBe(refused('PROVIDER_REFUSED'));
    expect(await answer(400, '{"error":"<script>"}')).toBe(refused('PROVIDER_REFUSED'));
    expect(await answer(502, 'Bad gateway')).toBe(refused('PROVIDER_AWAY'));
    expect(await answer(200, '{}')).toBe(refused('IDENTITY_INVALID'));
  });

  it('it is asked what it is once, and for its keys once', async () => {
    const before = liar!.asked.length;
    for (let i = 0; i < 3; i++) await signIn((claims, honest) => honest(claims));
    expect(liar!.asked.slice(before)).toEqual(['/token', '/token', '/token']);
  });
});

it('a gateway without a provider reports it, and one with half of the settings does not start', async () => {
  const p = await startPlatform();
  const visitor = new Visitor(p.base, PUBLIC);
  expect(await json(visitor, '/v1/session/sign-in-options')).toEqual({ apiKey: true });
  for (const path of ['/oidc/sign-in', '/oidc/callback?code=x&state=y'])
    expect(readLocation(await visitor.go(path))).toBe(refused('IDENTITY_PROVIDER_MISSING'));
  const { NOEMA_SESSION_SECRET: _, ...env } = p.env;
  const error: unknown = await startGateway(
    { ...env, NOEMA_OIDC_ISSUER: 'https://id.example.org' },
    { logger: silentLogger },
  ).catch((e: unknown) => e);
  expect((error as { violations: { field: string }[] }).violations.map((v) => v.field)).toEqual([
    'NOEMA_OIDC_CLIENT_ID',
    'NOEMA_PUBLIC_URL',
    'NOEMA_SESSION_SECRET',
  ]);
  for (const bad of ['http://id.example.org', 'ftp://x', 'x'])
    await expect(startGateway({ ...env, NOEMA_OIDC_ISSUER: bad }, { logger: silentLogger })).rejects.toThrow(
      'NOEMA_OIDC_ISSUER',
    );
  await p.close();
});
