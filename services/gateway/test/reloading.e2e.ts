import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { generateSigningKey, mergeKeySets } from '@noema/auth';
import { TlsFiles } from '@noema/grpc';
import { createLogger, silentLogger } from '@noema/observability';
import {
  CertificateAuthority,
  mountCertificate,
  mountFiles,
  temporaryDirectory,
  waitFor,
} from '@noema/testing';
import { afterEach, expect, it } from 'vitest';
import { startGateway } from '../src/index.js';
import { startPlatform } from './platform.js';

const KEY = 'noema_good_key';
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function directory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  open.push(remove);
  return path;
}

const secret = (): string => randomBytes(32).toString('base64');
const status = async (base: string, headers: Record<string, string>) =>
  (await fetch(`${base}/v1/projects/7`, { headers })).status;

it('asks services by certificate, and a gateway without one gets no answer', async () => {
  const [authority, tlsDir] = [await CertificateAuthority.create(), await directory()];
  await mountCertificate(tlsDir, await authority.issue());
  const tls = new TlsFiles(tlsDir);
  const p = await startPlatform({ NOEMA_TLS_DIR: tlsDir }, tls);
  open.push(
    () => {
      tls.close();
    },
    () => p.close(),
  );
  expect(await status(p.base, { authorization: `Bearer ${KEY}` })).toBe(200);
  expect(await (await fetch(`${p.base}/readyz`)).json()).toMatchObject({ state: 'ready' });
  const { NOEMA_TLS_DIR: _, ...env } = p.env as Record<string, string>;
  const plain = await startGateway(env, { logger: silentLogger });
  open.push(() => plain.close());
  const refused = await fetch(`http://${plain.address}/v1/projects/7`, {
    headers: { authorization: `Bearer ${await p.signToken('viewer')}` },
  });
  expect(await refused.json()).toMatchObject({
    status: 503,
    reason: 'UNREACHABLE',
    detail: expect.not.stringMatching(/127\.0\.0\.1|:\d{4}/) as string,
  });
});

it(
  'takes other keys and session secrets from their files while it runs, and keeps the working ones when ' +
    'the files do not',
  async () => {
    const [p, path, old] = [await startPlatform(), await directory(), secret()];
    open.push(() => p.close());
    const lines: string[] = [];
    await mountFiles(path, { jwks: p.key.jwks, secret: old });
    const { NOEMA_AUTH_JWKS: _, NOEMA_SESSION_SECRET: __, ...env } = p.env as Record<string, string>;
    const gateway = await startGateway(
      {
        ...env,
        NOEMA_AUTH_JWKS_FILE: join(path, 'jwks'),
        NOEMA_SESSION_SECRET_FILE: join(path, 'secret'),
        NOEMA_RELOAD_MS: '20',
      },
      {
        logger: createLogger({
          service: 'gateway',
          level: 'warn',
          destination: {
            write: (line: string) => {
              lines.push(line);
            },
          },
        }),
      },
    );
    open.push(() => gateway.close());
    const base = `http://${gateway.address}`;
    const signIn = async (): Promise<string> =>
      (
        await fetch(`${base}/v1/session`, {
          method: 'POST',
          body: JSON.stringify({ apiKey: KEY }),
          headers: { 'content-type': 'application/json' },
        })
      ).headers
        .get('set-cookie')!
        .split(';')[0]!;
    const before = await signIn();
    const [next, other] = [secret(), await generateSigningKey()];

    await mountFiles(path, { jwks: 'no set', secret: 'short' });
    await waitFor(() => lines.length >= 2, { what: 'both complaints' });
    expect(lines.join()).toMatch(
      /NOEMA_AUTH_JWKS_FILE[^]*NOEMA_SESSION_SECRET_FILE|NOEMA_SESSION_SECRET_FILE[^]*NOEMA_AUTH_JWKS_FILE/,
    );
    expect(await status(base, { cookie: before })).toBe(200);

    await mountFiles(path, { jwks: mergeKeySets(p.key.jwks, other.jwks), secret: `${next},${old}` });
    const after = await waitFor(
      async () => {
        const cookie = await signIn();
        const alone = await startGateway({ ...p.env, NOEMA_SESSION_SECRET: next }, { logger: silentLogger });
        // Several gateways of one host have a cookie each, named by its port.
        const port = new URL(`http://${alone.address}`).port;
        const sealed = await status(`http://${alone.address}`, {
          cookie: cookie.replace(/^noema_session_\d+/, `noema_session_${port}`),
        });
        await alone.close();
        return sealed === 200 ? cookie : undefined;
      },
      { what: 'a session that the next secret has sealed' },
    );
    expect([await status(base, { cookie: before }), await status(base, { cookie: after })]).toEqual([
      200, 200,
    ]);

    await mountFiles(path, { jwks: p.key.jwks, secret: next });
    await waitFor(async () => (await status(base, { cookie: before })) === 401, {
      what: 'that the old secret is removed',
    });
    expect(await status(base, { cookie: after })).toBe(200);

    await mountFiles(path, { jwks: other.jwks, secret: next });
    await waitFor(
      async () => (await status(base, { authorization: `Bearer ${await p.signToken('viewer')}` })) === 401,
      { what: 'that the old key is removed' },
    );
  },
);
