import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DomainError } from '@noema/kernel';
import { afterAll, describe, expect, it } from 'vitest';
import * as z from 'zod';
import {
  decimal,
  envName,
  flag,
  integer,
  json,
  loadConfig,
  printable,
  secret,
  settingFile,
  listSettings,
  settingsTable,
  text,
  watchFiles,
} from './index.js';

const schema = z.object({
  grpcAddress: text().default('127.0.0.1:0').describe('where to listen'),
  databaseUrl: text().describe('postgres URL'),
  drainMs: integer({ min: 0, max: 60_000 }).default(5000).describe('time to finish'),
  ratio: decimal({ min: 0, max: 1 }).default(0.5).describe('a | b'),
  trusted: flag().default(false).describe('run what users wrote'),
  authPrivateKey: secret(json().optional().describe('signing key')),
});
const env = {
  NOEMA_DATABASE_URL: 'postgres://app:hunter2@host:5432/noema',
  NOEMA_AUTH_PRIVATE_KEY: '{"d":"s3cret"}',
};

describe('loadConfig', () => {
  it('reads, converts, fills in defaults', () => {
    expect(
      loadConfig(schema, { ...env, NOEMA_DRAIN_MS: '10', NOEMA_TRUSTED: 'true', NOEMA_GRPC_ADDRESS: '' }),
    ).toEqual({
      grpcAddress: '127.0.0.1:0',
      databaseUrl: env.NOEMA_DATABASE_URL,
      drainMs: 10,
      ratio: 0.5,
      trusted: true,
      authPrivateKey: env.NOEMA_AUTH_PRIVATE_KEY,
    });
  });
  it('reports all faults together and never a secret', () => {
    const error = (() => {
      try {
        return loadConfig(schema, {
          NOEMA_DRAIN_MS: '1e3',
          NOEMA_RATIO: '7',
          NOEMA_TRUSTED: 'yes',
          NOEMA_AUTH_PRIVATE_KEY: 's3cret',
        });
      } catch (e) {
        return e;
      }
    })() as DomainError;
    expect(error).toBeInstanceOf(DomainError);
    expect(error.violations.map((v) => v.field).sort()).toEqual([
      'NOEMA_AUTH_PRIVATE_KEY',
      'NOEMA_DATABASE_URL',
      'NOEMA_DRAIN_MS',
      'NOEMA_RATIO',
      'NOEMA_TRUSTED',
    ]);
    expect(error.message).toContain('NOEMA_DATABASE_URL is missing; postgres URL');
    expect(error.message).toContain('is no whole number: "1e3"');
    expect(error.message).not.toContain('s3cret');
  });
  it('is frozen', () => {
    expect(Object.isFrozen(loadConfig(schema, env))).toBe(true);
  });
});

const directory = mkdtempSync(join(tmpdir(), 'noema-config-'));
afterAll(() => {
  rmSync(directory, { recursive: true });
});
const file = (name: string, content: string): string => {
  writeFileSync(join(directory, name), content);
  return join(directory, name);
};

describe('a setting in a file', () => {
  it('is read without its last line break, of any setting, and remembers its file', () => {
    const path = file('url', 'postgres://u:p@h/d\n');
    const config = loadConfig(schema, {
      NOEMA_DATABASE_URL_FILE: path,
      NOEMA_DRAIN_MS_FILE: file('drain', '7\r\n'),
    });
    expect(config).toMatchObject({ databaseUrl: 'postgres://u:p@h/d', drainMs: 7 });
    expect([settingFile(config, 'databaseUrl'), settingFile(config, 'ratio')]).toEqual([path, undefined]);
  });
  it(
    'that is missing, empty or given twice is reported with the other faults; the same rules hold for what it ' +
      'says',
    () => {
      const error = (() => {
        try {
          return loadConfig(schema, {
            ...env,
            NOEMA_DATABASE_URL_FILE: file('url', 'x'),
            NOEMA_RATIO_FILE: join(directory, 'none'),
            NOEMA_TRUSTED_FILE: file('empty', '\n'),
            NOEMA_DRAIN_MS_FILE: file('drain', 'soon'),
          });
        } catch (e) {
          return e;
        }
      })() as DomainError;
      expect(error.violations.map((v) => `${v.field} ${v.description}`).sort()).toEqual([
        'NOEMA_DATABASE_URL_FILE is set together with NOEMA_DATABASE_URL; unset one of the two',
        'NOEMA_DRAIN_MS is no whole number: "soon"; time to finish',
        `NOEMA_RATIO_FILE names a file that cannot be read (ENOENT): "${join(directory, 'none')}"`,
        `NOEMA_TRUSTED_FILE names an empty file: "${join(directory, 'empty')}"`,
      ]);
    },
  );
});

it(
  'files are given again when what they hold changed, a fault is reported once, and what comes after it is ' +
    'given',
  async () => {
    const [a, b] = [file('a', '1'), file('b', '2')];
    const [given, faults, waiting] = [[] as string[], [] as unknown[], new Set<() => void>()];
    const tell = (): void => {
      for (const look of waiting) look();
    };
    const until = (met: () => boolean) =>
      new Promise<void>((ok) => {
        const look = (): void => {
          if (met()) {
            waiting.delete(look);
            ok();
          }
        };
        waiting.add(look);
        look();
      });
    const end = watchFiles([a, b], {
      everyMs: 2,
      onChange: (texts) => {
        given.push(texts.join());
        tell();
        if (texts[0] === 'bad') throw new Error('refused');
      },
      onFault: (error) => {
        faults.push(error);
        tell();
      },
    });
    await until(() => given.length === 1);
    rmSync(a);
    await until(() => faults.length === 1);
    writeFileSync(a, 'bad');
    await until(() => faults.length === 2);
    writeFileSync(a, '3');
    await until(() => given.length === 3);
    end();
    expect(given).toEqual(['1,2', 'bad,2', '3,2']);
    expect(faults.map(String)).toEqual([expect.stringContaining('ENOENT'), 'Error: refused']);
  },
);

it('prints neither secrets nor passwords in URLs', () => {
  const shown = JSON.stringify(printable(schema, loadConfig(schema, env)));
  expect(shown).toContain('postgres://app:[redacted]@host:5432/noema');
  expect(shown).not.toMatch(/hunter2|s3cret/);
});

it('names variables by rule', () => {
  expect(envName('authJwks')).toBe('NOEMA_AUTH_JWKS');
});

it('writes settings as a Markdown table', () => {
  const table = settingsTable(listSettings(schema));
  expect(table).toContain('| `NOEMA_GRPC_ADDRESS` | `127.0.0.1:0` | where to listen |');
  expect(table).toContain('| `NOEMA_DATABASE_URL` | required | postgres URL |');
  expect(table).toContain('| `NOEMA_AUTH_PRIVATE_KEY` | – | signing key (secret) |');
  expect(table).toContain('a \\| b');
});
