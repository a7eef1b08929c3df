import { readFileSync } from 'node:fs';
import { listSettings } from '@noema/config';
import { afterEach, describe, expect, it } from 'vitest';
import { ALLOCATOR } from './allocator.js';
import { DECIDED, ignoredSettings, serviceEnvironment } from './environment.js';
import type { Secrets } from './secrets.js';
import { GATEWAY, SERVICES } from './service-catalog.js';

const key = { jwks: '{"keys":[]}', privateKey: '{}' };
const serviceKeys = Object.fromEntries(SERVICES.map(({ name }) => [name, key]));
const secrets = {
  passwordSeed: 'p',
  signingKey: key,
  serviceKeys,
  secretsKey: 'k',
  sessionSecret: 's',
} as unknown as Secrets;
const catalog = await Promise.all(
  [...SERVICES, GATEWAY].map(async ({ name, settings }) => ({ name, settings: await settings() })),
);
const environment = ({ name, settings }: (typeof catalog)[number], ground: Record<string, string> = {}) =>
  serviceEnvironment({
    name,
    settings,
    adminUrl: 'postgres://a:b@127.0.0.1/noema',
    ground,
    storeKeys: {},
    secrets,
    addresses: {},
    logLevel: 'info',
    engineThreads: 1,
    shardsAtOnce: 1,
    idleExitMs: 0,
  });
const every = catalog.flatMap((entry) =>
  listSettings(entry.settings).map(({ name }) => [`${entry.name}: ${name}`, entry, name] as const),
);

const before = { ...process.env };
afterEach(() => {
  process.env = { ...before };
});

describe('what the starter of a platform gives', () => {
  it.each(every.filter(([, , name]) => !DECIDED.has(name)))('reaches %s', (_title, entry, name) => {
    process.env[name] = 'given';
    expect(environment(entry)[name]).toBe('given');
    delete process.env[name];
    process.env[`${name}_FILE`] = '/a/file';
    expect(environment(entry)[`${name}_FILE`]).toBe('/a/file');
  });

  it.each(every.filter(([, , name]) => DECIDED.has(name)))(
    'does not change %s, which the set-up decides',
    (_title, entry, name) => {
      const was = environment(entry)[name];
      process.env[name] = 'given';
      process.env[`${name}_FILE`] = '/a/file';
      expect(environment(entry)[name]).toBe(was);
      expect(environment(entry)[`${name}_FILE`]).toBeUndefined();
      if (name !== 'NOEMA_LOG_LEVEL') expect(ignoredSettings(process.env)).toContain(name);
    },
  );

  it('reaches no process that it is not for', () => {
    Object.assign(process.env, { NOEMA_MAP_THREADS: '1', NOEMA_API_KEY: 'secret' });
    expect(
      catalog.filter((entry) => 'NOEMA_MAP_THREADS' in environment(entry)).map(({ name }) => name),
    ).toEqual(['projection']);
    expect(catalog.filter((entry) => Object.values(environment(entry)).includes('secret'))).toEqual([]);
  });

  it('decides nothing that no service has', () => {
    expect([...DECIDED].filter((name) => !every.some(([, , known]) => known === name))).toEqual([]);
  });

  it('gives every process the allocator that images have', () => {
    expect(
      catalog
        .map((entry) => environment(entry))
        .filter((each) => Object.entries(ALLOCATOR).some(([name, value]) => each[name] !== value)),
    ).toEqual([]);
    for (const file of ['Containerfile', 'Containerfile.cuda']) {
      const image = readFileSync(
        new URL(`../../../../deploy/docker/service/${file}`, import.meta.url),
        'utf8',
      );
      expect(image).toContain(
        `ENV ${Object.entries(ALLOCATOR)
          .map((each) => each.join('='))
          .join(' ')}\n`,
      );
    }
  });

  it('does not open what keeps teams apart', () => {
    process.env['NOEMA_TRUSTED_INTEGRATIONS'] = 'true';
    const datasets = catalog.find(({ name }) => name === 'datasets')!;
    expect(environment(datasets, { NOEMA_INTEGRATION_ISOLATION: 'bubblewrap' })).not.toHaveProperty(
      'NOEMA_TRUSTED_INTEGRATIONS',
    );
  });
});
