import { readFileSync } from 'node:fs';
import { DomainError, type FieldViolation } from '@noema/kernel';
import type * as z from 'zod';
import { envName, type Setting, listSettings } from './setting.js';

/** Source of settings: `process.env` in main.ts, a plain object everywhere else. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** Which settings of a configuration came from files. */
const files = new WeakMap<object, ReadonlyMap<string, string>>();

/**
 * Parses the settings of a schema from the environment. The key `grpcAddress` is the variable
 * NOEMA_GRPC_ADDRESS; an empty variable counts as absent. NOEMA_GRPC_ADDRESS_FILE may name a file with the
 * value instead; its last line break is ignored. Returns a frozen object. Throws `invalid` CONFIG_INVALID,
 * which lists all faults and never the value of a secret.
 */
export function loadConfig<S extends z.ZodObject>(schema: S, env: Environment): Readonly<z.output<S>> {
  const settings = listSettings(schema);
  const sources = settings.map((setting) => findSource(setting, env));
  const raw = Object.fromEntries(
    sources.flatMap(({ key, value }) => (value === undefined ? [] : [[key, value]])),
  );
  const unread = sources.flatMap(({ key, fault }) => (fault === undefined ? [] : [{ key, fault }]));
  const result = schema.safeParse(raw);
  const violations = [
    ...unread.map(({ fault }) => fault),
    ...(result.success ? [] : result.error.issues)
      .filter((issue) => !unread.some(({ key }) => key === issue.path[0]))
      .map((issue) => toViolation(issue, settings, raw)),
  ];
  if (result.success && violations.length === 0) {
    const config = deepFreeze(result.data);
    files.set(config, new Map(sources.flatMap(({ key, file }) => (file === undefined ? [] : [[key, file]]))));
    return config;
  }
  const list = violations.map((v) => `\n  ${v.field} ${v.description}`).join('');
  throw new DomainError(
    'invalid',
    'CONFIG_INVALID',
    `the configuration has ${violations.length} fault${violations.length === 1 ? '' : 's'}:${list}`,
    { violations },
  );
}

/** Returns the file from which a setting was loaded; `undefined` if it was not loaded from a file. */
export const settingFile = (config: object, key: string): string | undefined => files.get(config)?.get(key);

/** Returns the value in a setting's file, as `loadConfig` parses it. */
export const settingText = (content: string): string => content.replace(/\r?\n$/, '');

interface Source {
  readonly key: string;
  readonly value?: string;
  readonly file?: string;
  readonly fault?: FieldViolation;
}

function findSource({ key, name }: Setting, env: Environment): Source {
  const variable = `${name}_FILE`;
  const [value = '', file = ''] = [env[name], env[variable]];
  if (file === '') return value === '' ? { key } : { key, value };
  const refused = (description: string): Source => ({ key, fault: { field: variable, description } });
  if (value !== '') return refused(`is set together with ${name}; unset one of the two`);
  try {
    const text = settingText(readFileSync(file, 'utf8'));
    return text === '' ? refused(`names an empty file: "${file}"`) : { key, value: text, file };
  } catch (error) {
    return refused(
      `names a file that cannot be read (${(error as NodeJS.ErrnoException).code ?? String(error)}): ` +
        `"${file}"`,
    );
  }
}

function toViolation(
  issue: z.core.$ZodIssue,
  settings: readonly Setting[],
  raw: Readonly<Record<string, string>>,
): FieldViolation {
  const key = String(issue.path[0] ?? '');
  const setting = settings.find((s) => s.key === key);
  const value = raw[key];
  const given =
    value === undefined
      ? 'is missing'
      : setting?.secret === true
        ? `${issue.message} (a secret of ${value.length} characters)`
        : `${issue.message}: "${String(withoutPassword(value))}"`;
  return {
    field: envName(key),
    description: `${given}${setting?.doc === undefined || setting.doc === '' ? '' : `; ${setting.doc}`}`,
  };
}

/** Returns the settings for a log, with secrets masked. */
export function printable<S extends z.ZodObject>(schema: S, config: z.output<S>): Record<string, unknown> {
  const values = config as Record<string, unknown>;
  return Object.fromEntries(
    listSettings(schema)
      .filter((s) => values[s.key] !== undefined)
      .map((s) => [s.name, s.secret ? '[redacted]' : withoutPassword(values[s.key])]),
  );
}

function withoutPassword(value: unknown): unknown {
  return typeof value === 'string'
    ? value.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/:@]*):[^/@]*@/i, '$1:[redacted]@')
    : value;
}

function deepFreeze<T>(value: T): Readonly<T> {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    Object.values(value).forEach(deepFreeze);
  }
  return value;
}
