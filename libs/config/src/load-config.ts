import { DomainError } from '@noema/kernel';
import type { z } from 'zod';
import { envName, settingsOf } from './setting.js';

/** Where settings come from: `process.env` in main.ts, a plain object everywhere else. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings of a schema, whose key `grpcAddress` is the variable NOEMA_GRPC_ADDRESS; an empty variable counts as absent.
 * Returns a frozen object. Throws `invalid` CONFIG_INVALID that names all faults at once, never the value of a secret.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Environment): Readonly<z.output<S>> {
  const settings = settingsOf(schema);
  const raw = Object.fromEntries(settings.flatMap(({ key, name }) => (env[name] === undefined || env[name] === '' ? [] : [[key, env[name]]])));
  const result = schema.safeParse(raw);
  if (result.success) return deepFreeze(result.data);
  const violations = result.error.issues.map((issue) => {
    const key = String(issue.path[0] ?? '');
    const setting = settings.find((s) => s.key === key);
    const value = raw[key];
    const given = value === undefined ? 'is missing' : setting?.secret === true ? `${issue.message} (a secret of ${value.length} characters)` : `${issue.message}: "${String(withoutPassword(value))}"`;
    return { field: envName(key), description: `${given}${setting?.doc === undefined || setting.doc === '' ? '' : `; ${setting.doc}`}` };
  });
  const list = violations.map((v) => `\n  ${v.field} ${v.description}`).join('');
  throw new DomainError('invalid', 'CONFIG_INVALID', `the configuration has ${violations.length} fault${violations.length === 1 ? '' : 's'}:${list}`, { violations });
}

/** The settings for a log or a person: secrets blotted out. */
export function printable<S extends z.ZodObject>(schema: S, config: z.output<S>): Record<string, unknown> {
  const values = config as Record<string, unknown>;
  return Object.fromEntries(settingsOf(schema).filter((s) => values[s.key] !== undefined).map((s) => [s.name, s.secret ? '[redacted]' : withoutPassword(values[s.key])]));
}

function withoutPassword(value: unknown): unknown {
  return typeof value === 'string' ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):[^/@]*@/i, '$1:[redacted]@') : value;
}

function deepFreeze<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
