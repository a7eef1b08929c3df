import { DomainError } from '@noema/kernel';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { decimal, envName, flag, integer, json, loadConfig, printable, secret, settingsTable, text, withSettingsTable } from './index.js';

const schema = z.object({
  grpcAddress: text().default('127.0.0.1:0').describe('where to listen'),
  databaseUrl: text().describe('postgres URL'),
  drainMs: integer({ min: 0, max: 60_000 }).default(5000).describe('time to finish'),
  ratio: decimal({ min: 0, max: 1 }).default(0.5).describe('a | b'),
  trusted: flag().default(false).describe('run what users wrote'),
  authPrivateKey: secret(json().optional().describe('signing key')),
});
const env = { NOEMA_DATABASE_URL: 'postgres://app:hunter2@host:5432/noema', NOEMA_AUTH_PRIVATE_KEY: '{"d":"s3cret"}' };

describe('loadConfig', () => {
  it('reads, converts, fills in defaults', () => {
    expect(loadConfig(schema, { ...env, NOEMA_DRAIN_MS: '10', NOEMA_TRUSTED: 'true', NOEMA_GRPC_ADDRESS: '' })).toEqual({
      grpcAddress: '127.0.0.1:0', databaseUrl: env.NOEMA_DATABASE_URL, drainMs: 10, ratio: 0.5, trusted: true, authPrivateKey: env.NOEMA_AUTH_PRIVATE_KEY,
    });
  });
  it('reports all faults together and never a secret', () => {
    const error = (() => { try { return loadConfig(schema, { NOEMA_DRAIN_MS: '1e3', NOEMA_RATIO: '7', NOEMA_TRUSTED: 'yes', NOEMA_AUTH_PRIVATE_KEY: 's3cret' }); } catch (e) { return e; } })() as DomainError;
    expect(error).toBeInstanceOf(DomainError);
    expect(error.violations.map((v) => v.field).sort()).toEqual(['NOEMA_AUTH_PRIVATE_KEY', 'NOEMA_DATABASE_URL', 'NOEMA_DRAIN_MS', 'NOEMA_RATIO', 'NOEMA_TRUSTED']);
    expect(error.message).toContain('NOEMA_DATABASE_URL is missing; postgres URL');
    expect(error.message).toContain('is no whole number: "1e3"');
    expect(error.message).not.toContain('s3cret');
  });
  it('is frozen', () => { expect(Object.isFrozen(loadConfig(schema, env))).toBe(true); });
});

it('prints neither secrets nor passwords in URLs', () => {
  const shown = JSON.stringify(printable(schema, loadConfig(schema, env)));
  expect(shown).toContain('postgres://app:[redacted]@host:5432/noema');
  expect(shown).not.toMatch(/hunter2|s3cret/);
});

it('names variables by rule', () => { expect(envName('authJwks')).toBe('NOEMA_AUTH_JWKS'); });

it('makes the table of a README and finds its place', () => {
  expect(settingsTable(schema)).toContain('| `NOEMA_GRPC_ADDRESS` | `127.0.0.1:0` | where to listen |');
  expect(settingsTable(schema)).toContain('| `NOEMA_DATABASE_URL` | required | postgres URL |');
  expect(settingsTable(schema)).toContain('| `NOEMA_AUTH_PRIVATE_KEY` | – | signing key (secret) |');
  expect(settingsTable(schema)).toContain('a \\| b');
  const readme = 'before\n<!-- settings -->\nold\n<!-- /settings -->\nafter';
  expect(withSettingsTable(readme, schema)).toBe(`before\n<!-- settings -->\n${settingsTable(schema)}\n<!-- /settings -->\nafter`);
  expect(() => withSettingsTable('nothing', schema)).toThrow(/no place/);
});
