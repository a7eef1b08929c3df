import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { generateSigningKey, mergeKeySets, TokenSigner } from '@noema/auth';
import { loadConfig } from '@noema/config';
import { ProjectService } from '@noema/contracts/noema/workspace/v1/project_service';
import { Connection, createClient, TlsFiles } from '@noema/grpc';
import { uuidv7 } from '@noema/kernel';
import { createLogger, silentLogger } from '@noema/observability';
import {
  CertificateAuthority,
  type IssuedCertificate,
  mountCertificate,
  mountFiles,
  temporaryDirectory,
  waitFor,
} from '@noema/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { guarded } from '../test/guarded.service.js';
import { Host, type ServiceClients, startService } from './index.js';

const TEAM = uuidv7();
const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function directory(): Promise<string> {
  const { path, remove } = await temporaryDirectory();
  open.push(remove);
  return path;
}

/** A service whose keys and certificates come from a directory, and clients of it whose do too. */
async function start({ tls = true, lines = [] as string[] } = {}) {
  const [path, key, authority] = [
    await directory(),
    await generateSigningKey(),
    await CertificateAuthority.create(),
  ];
  const tlsDir = join(path, 'tls');
  await mountFiles(join(path, 'keys'), { key: key.privateKey, jwks: `${key.jwks}\n` });
  await mountCertificate(tlsDir, await authority.issue());
  const env = {
    NOEMA_AUTH_PRIVATE_KEY_FILE: join(path, 'keys', 'key'),
    NOEMA_AUTH_JWKS_FILE: join(path, 'keys', 'jwks'),
    NOEMA_RELOAD_MS: '20',
    NOEMA_MAX_CONNECTION_AGE_MS: '1000',
    ...(tls && { NOEMA_TLS_DIR: tlsDir }),
  };
  const logger = createLogger({
    service: 'test',
    level: 'warn',
    destination: {
      write: (line: string) => {
        lines.push(line);
      },
    },
  });
  const service = await startService(guarded, env, { logger });
  open.push(() => service.close());
  const host = new Host(
    'datasets',
    'worker',
    loadConfig(guarded.settings, { ...env, NOEMA_SERVICES: `workspace=${service.address}` }),
    silentLogger,
  );
  open.push(() => host.close());
  return { path, key, authority, tlsDir, service, host, lines };
}

/** A call by a stranger who has a token; with the certificates of a directory, or in plaintext. */
async function stranger(address: string, signer: TokenSigner, tlsDir?: string): Promise<string | undefined> {
  const tls = tlsDir === undefined ? undefined : new TlsFiles(tlsDir);
  const connection = new Connection(address, { credentials: tls?.client() });
  open.push(() => {
    connection.close();
    tls?.close();
  });
  const { token } = await signer.sign({ teamId: TEAM, subject: 'ann', role: 'viewer' });
  return (
    await createClient(ProjectService, { address: connection, token, timeoutMs: 30_000 }).getProject({
      projectId: 'p',
    })
  ).project?.id;
}

async function mounted(certificate: IssuedCertificate): Promise<string> {
  const path = await directory();
  await mountCertificate(path, certificate);
  return path;
}

/**
 * Calls without a break, several at a time, while something is done; returns how many calls were made and
 * what failed.
 */
async function during(
  clients: ServiceClients,
  work: (made: () => number) => Promise<void>,
): Promise<{ calls: number; failures: unknown[] }> {
  const failures: unknown[] = [];
  let [calls, over] = [0, false];
  const caller = async (): Promise<void> => {
    while (!over) {
      calls++;
      await clients
        .of(ProjectService, TEAM)
        .getProject({ projectId: 'p' })
        .catch((error: unknown) => {
          failures.push(error);
        });
    }
  };
  const callers = Array.from({ length: 8 }, caller);
  await work(() => calls).finally(() => {
    over = true;
  });
  await Promise.all(callers);
  return { calls, failures };
}

/** The serial number of the certificate that a connection which begins now is shown. */
const shown = (address: string): Promise<string> =>
  new Promise((ok, fail) => {
    const [host, port] = address.split(':') as [string, string];
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false }, () => {
      ok(socket.getPeerCertificate().serialNumber);
      socket.destroy();
    });
    socket.on('error', fail);
  });

const readSerial = (cert: string): string => new X509Certificate(cert).serialNumber;

describe('certificates between services', () => {
  it('are demanded: plaintext, no certificate, a foreign one and an ended one are refused', async () => {
    const { service, key, authority, host } = await start();
    const signer = new TokenSigner(key);
    const other = await CertificateAuthority.create('CN=Another authority');
    expect((await host.clients().of(ProjectService, TEAM).getProject({ projectId: 'p' })).project?.id).toBe(
      'p',
    );
    expect(await stranger(service.address, signer, await mounted(await authority.issue()))).toBe('p');
    const refused = { kind: 'unavailable' };
    await expect(stranger(service.address, signer)).rejects.toMatchObject(refused);
    await expect(
      stranger(service.address, signer, await mounted({ ...(await other.issue()), ca: authority.pem })),
    ).rejects.toMatchObject(refused);
    await expect(
      stranger(service.address, signer, await mounted(await authority.issue({ endsInMs: -1000 }))),
    ).rejects.toMatchObject(refused);
    const [, port] = service.address.split(':');
    const socket = connect({
      host: '127.0.0.1',
      port: Number(port),
      ca: authority.pem,
      ALPNProtocols: ['h2'],
    });
    socket.resume();
    expect(await once(socket, 'error').then(([error]) => String(error), String)).toMatch(
      /certificate required/,
    );
  });

  it('are checked by clients: a server of another authority, and one of another name, gets no call', async () => {
    const { key, authority } = await start();
    const signer = new TokenSigner(key);
    const [other, mine] = [await CertificateAuthority.create(), await mounted(await authority.issue())];
    for (const certificate of [
      { ...(await other.issue()), ca: authority.pem },
      await authority.issue({ names: ['elsewhere.example'] }),
    ]) {
      const impostor = await startService(
        guarded,
        {
          NOEMA_AUTH_PRIVATE_KEY: key.privateKey,
          NOEMA_AUTH_JWKS: key.jwks,
          NOEMA_TLS_DIR: await mounted(certificate),
        },
        { logger: silentLogger },
      );
      open.push(() => impostor.close());
      await expect(stranger(impostor.address, signer, mine)).rejects.toMatchObject({ kind: 'unavailable' });
    }
  });

  it('of one authority give way to the certificates of another under load without a failed call', async () => {
    const { service, authority, tlsDir, host, lines } = await start();
    const next = await CertificateAuthority.create('CN=Next authority');
    const both = authority.pem + next.pem;
    const [second, third] = [await authority.issue(), await next.issue()];
    const { calls, failures } = await during(host.clients(), async (made) => {
      for (const certificate of [{ ...second, ca: both }, { ...third, ca: both }, third]) {
        await mountCertificate(tlsDir, certificate);
        await waitFor(async () => (await shown(service.address)) === readSerial(certificate.cert), {
          what: 'the new certificate',
        });
        const [sinceMs, before] = [performance.now(), made()];
        await waitFor(() => performance.now() - sinceMs > 1300 && made() > before + 20, {
          what: 'calls by connections that were all made anew',
        });
      }
    });
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(60);
    expect(lines).toEqual([]);
    await expect(
      stranger(service.address, host.signer(), await mounted({ ...second, ca: both })),
    ).rejects.toMatchObject({ kind: 'unavailable' });
  });

  it('that cannot be used are logged, and those before stay in use', async () => {
    const { service, authority, tlsDir, host, lines } = await start();
    const before = await shown(service.address);
    await host.clients().of(ProjectService, TEAM).getProject({ projectId: 'p' });
    await mountCertificate(tlsDir, { ...(await authority.issue()), key: (await authority.issue()).key });
    await waitFor(() => lines.length > 0);
    expect(lines.join()).toContain('NOEMA_TLS_DIR cannot be used');
    expect(lines.join()).not.toContain('PRIVATE');
    expect(await shown(service.address)).toBe(before);
    await host.clients().of(ProjectService, TEAM).getProject({ projectId: 'p' });
    const cut = await mounted({ ...(await authority.issue()), ca: authority.pem.trim() + authority.pem });
    for (const bad of [await directory(), cut])
      await expect(
        startService(
          guarded,
          { NOEMA_AUTH_JWKS: '{"keys":[]}', NOEMA_TLS_DIR: bad },
          { logger: silentLogger },
        ),
      ).rejects.toMatchObject({ reason: 'TLS_FILES_INVALID' });
  });
});

it(
  'signing keys give way to the next under load without a failed call, and the old one is worth nothing ' +
    'then',
  async () => {
    const { path, service, key, host, lines } = await start({ tls: false });
    const [keys, verifier, signer, old] = [
      join(path, 'keys'),
      service.app.get(Host).verifier(),
      host.signer(),
      new TokenSigner(key),
    ];
    const passes = async (by: TokenSigner) =>
      verifier.verify((await by.sign({ teamId: TEAM, subject: 'probe', role: 'viewer' })).token).then(
        () => true,
        () => false,
      );
    let last = key;
    const { calls, failures } = await during(host.clients(), async (made) => {
      for (let round = 0; round < 3; round++) {
        const next = await generateSigningKey();
        const both = mergeKeySets(last.jwks, next.jwks);
        await mountFiles(keys, { key: last.privateKey, jwks: both });
        await waitFor(() => passes(new TokenSigner(next)), { what: 'that the next key is known' });
        await mountFiles(keys, { key: next.privateKey, jwks: both });
        await waitFor(() => signer.keyId === new TokenSigner(next).keyId, {
          what: 'that the next key signs',
        });
        const since = made();
        await waitFor(() => made() > since + 50, { what: 'calls by the next key' });
        await mountFiles(keys, { key: next.privateKey, jwks: next.jwks });
        await waitFor(async () => !(await passes(new TokenSigner(last))), {
          what: 'that the old key is dropped',
        });
        last = next;
      }
    });
    expect(failures).toEqual([]);
    expect(calls).toBeGreaterThan(100);
    expect(await passes(old)).toBe(false);
    await mountFiles(keys, { key: 'no key', jwks: 'no set' });
    await waitFor(() => lines.some((line) => line.includes('NOEMA_AUTH_JWKS_FILE')), {
      what: 'that keys which cannot be used are logged',
    });
    await host.clients().of(ProjectService, TEAM).getProject({ projectId: 'p' });
  },
);
