import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, constants, gunzipSync } from 'node:zlib';
import { silentLogger } from '@noema/observability';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startGateway } from '../src/index.js';
import { startPlatform } from './platform.js';

const SCRIPT = 'export const noema = 1;\n'.repeat(500);
/** Bytes that the gateway would not make itself: the lowest step of Brotli. */
const PACKED = brotliCompressSync(SCRIPT, { params: { [constants.BROTLI_PARAM_QUALITY]: 0 } });
let directory: string;
let p: Awaited<ReturnType<typeof startPlatform>>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'noema-page-'));
  await mkdir(join(directory, 'page/assets'), { recursive: true });
  await writeFile(
    join(directory, 'page/index.html'),
    '<!doctype html><meta nonce="{{nonce}}"><title>{{nonce}}</title>',
  );
  await writeFile(join(directory, 'page/assets/main-abc.js'), SCRIPT);
  await writeFile(join(directory, 'page/assets/packed-abc.js'), SCRIPT);
  await writeFile(join(directory, 'page/assets/packed-abc.js.br'), PACKED);
  await writeFile(join(directory, 'page/noema.svg'), '<svg/>');
  await writeFile(join(directory, 'secret.txt'), 'not for everybody');
  p = await startPlatform({ NOEMA_PAGE_DIR: join(directory, 'page') });
});
afterAll(async () => {
  await p.close();
  await rm(directory, { recursive: true });
});

const withoutNonce = (headers: Record<string, string>): Record<string, string> => ({
  ...headers,
  'content-security-policy': headers['content-security-policy']!.replace(/nonce-[0-9a-f]{32}/, 'nonce-N'),
});

const PERSON = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/**
 * Sends a request with exactly this path and these headers: fetch would normalize both and decompress the
 * answer.
 */
const raw = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
  new Promise<{ status: number; headers: Record<string, string>; body: Buffer }>((resolve, reject) => {
    request(p.base, { path, headers, method }, (res) => {
      const pieces: Buffer[] = [];
      res.on('data', (piece: Buffer) => pieces.push(piece));
      res.on('end', () => {
        resolve({
          status: res.statusCode!,
          headers: res.headers as Record<string, string>,
          body: Buffer.concat(pieces),
        });
      });
    })
      .on('error', reject)
      .end();
  });

describe('the page', () => {
  it.each(['/', '/index.html', '/projects/7/runs/8/population?epoch=3', '/sign-in'])(
    'answers its index to a person at %s with the nonce of that answer alone',
    async (path) => {
      const nonces = new Set<string>();
      for (let n = 0; n < 3; n++) {
        const { status, headers, body } = await raw(path, {
          ...PERSON,
          'if-none-match': '*',
          'accept-encoding': 'gzip',
        });
        const nonce = /'nonce-([0-9a-f]{32})'/.exec(headers['content-security-policy']!)?.[1] ?? 'none';
        nonces.add(nonce);
        expect([status, headers['content-type'], headers['cache-control'], headers['etag']]).toEqual([
          200,
          'text/html; charset=utf-8',
          'no-cache',
          undefined,
        ]);
        expect(String(body)).toBe(`<!doctype html><meta nonce="${nonce}"><title>${nonce}</title>`);
      }
      expect(nonces.size).toBe(3);
    },
  );

  it('lets only its own scripts run and its own style elements in, and no site frame it', async () => {
    const { headers } = await raw('/', PERSON);
    const policy = Object.fromEntries(
      withoutNonce(headers)
        ['content-security-policy']!.split('; ')
        .map((d) => [d.split(' ')[0], d.split(' ').slice(1).join(' ')]),
    );
    expect(policy).toEqual({
      'default-src': "'none'",
      'script-src': "'self'",
      'style-src-elem': "'self' 'nonce-N'",
      'style-src-attr': "'unsafe-inline'",
      'img-src': "'self' blob: data:",
      'font-src': "'self'",
      'connect-src': "'self'",
      'worker-src': "'self' blob:",
      'base-uri': "'none'",
      'form-action': "'self'",
      'frame-ancestors': "'none'",
    });
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers['x-powered-by']).toBeUndefined();
  });

  it('has the same policy and headers from the image of the page alone', async () => {
    const conf = await readFile(new URL('../../../../deploy/docker/web/nginx.conf', import.meta.url), 'utf8');
    const { headers } = await raw('/', PERSON);
    const fixed = [...conf.matchAll(/^ *add_header ([a-z-]+) (?:"([^"]+)"|([a-z-]+)) always;$/gim)].map(
      ([, name, quoted, plain]) => [name, (quoted ?? plain)!.replace('$request_id', 'N')],
    );
    expect(fixed.map(([name]) => name)).toEqual(
      expect.arrayContaining([
        'content-security-policy',
        'x-content-type-options',
        'x-frame-options',
        'permissions-policy',
      ]),
    );
    expect(withoutNonce(headers)).toMatchObject(Object.fromEntries(fixed));
    expect(conf).toContain('sub_filter "{{nonce}}" $request_id;');
    expect(await readFile(new URL('../../../../apps/web/index.html', import.meta.url), 'utf8')).toContain(
      'nonce="{{nonce}}"',
    );
    expect(
      Object.keys(headers).filter(
        (name) =>
          /^(content-security|x-|referrer|cross-origin|permissions)/.test(name) &&
          !fixed.some(([known]) => known === name) &&
          name !== 'x-request-id',
      ),
    ).toEqual([]);
  });

  it('sends what has its hash in its name once a year, packed as the browser takes it', async () => {
    const plain = await raw('/assets/main-abc.js');
    expect([plain.headers['content-encoding'], plain.headers['cache-control'], String(plain.body)]).toEqual([
      undefined,
      'public, max-age=31536000, immutable',
      SCRIPT,
    ]);
    const [zipped, broad] = [
      await raw('/assets/main-abc.js', { 'accept-encoding': 'gzip' }),
      await raw('/assets/main-abc.js', { 'accept-encoding': 'gzip, br' }),
    ];
    expect([zipped.headers['content-encoding'], String(gunzipSync(zipped.body))]).toEqual(['gzip', SCRIPT]);
    expect([broad.headers['content-encoding'], String(brotliDecompressSync(broad.body))]).toEqual([
      'br',
      SCRIPT,
    ]);
    expect(new Set([plain, zipped, broad].map(({ headers }) => headers['etag'])).size).toBe(3);
    const head = await raw('/assets/main-abc.js', { 'accept-encoding': 'br' }, 'HEAD');
    expect([head.status, head.headers['content-length'], head.body.length]).toEqual([
      200,
      String(broad.body.length),
      0,
    ]);
  });

  it('sends what the build packed, and not as a file of its own', async () => {
    const { headers, body } = await raw('/assets/packed-abc.js', { 'accept-encoding': 'br' });
    expect([headers['content-encoding'], headers['content-type']]).toEqual([
      'br',
      'text/javascript; charset=utf-8',
    ]);
    expect(body.equals(PACKED)).toBe(true);
    expect(String((await raw('/assets/packed-abc.js')).body)).toBe(SCRIPT);
    expect((await raw('/assets/packed-abc.js.br')).status).toBe(404);
  });

  it.each([
    '/../secret.txt',
    '/%2e%2e/secret.txt',
    '/..%2fsecret.txt',
    '/assets/../../secret.txt',
    '//etc/passwd',
    '/assets/missing.js',
    '/wp-admin',
  ])('has nothing at %s', async (path) => {
    const { status, headers, body } = await raw(path);
    expect([status, headers['content-type']]).toEqual([404, 'application/problem+json']);
    expect(String(body)).toContain('ROUTE_UNKNOWN');
  });

  it('does not answer a missing asset or a route of the API with its index', async () => {
    expect((await raw('/assets/missing.js', PERSON)).status).toBe(404);
    expect((await raw('/v1/nothing', PERSON)).status).toBe(404);
    expect((await raw('/projects', PERSON, 'POST')).status).toBe(404);
  });
});

it('a gateway without a page says how to build it', async () => {
  const { NOEMA_PAGE_DIR: _, ...env }: Record<string, string> = p.env;
  const gateway = await startGateway(env, { logger: silentLogger });
  expect(await (await fetch(`http://${gateway.address}/`, { headers: PERSON })).text()).toContain(
    'make build',
  );
  expect((await fetch(`http://${gateway.address}/projects`, { headers: PERSON })).status).toBe(404);
  await gateway.close();
  await expect(
    startGateway({ ...env, NOEMA_PAGE_DIR: directory }, { logger: silentLogger }),
  ).rejects.toMatchObject({ reason: 'PAGE_MISSING', message: expect.stringContaining(directory) });
});
