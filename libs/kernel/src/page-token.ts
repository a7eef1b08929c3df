import { createHash } from 'node:crypto';
import { DomainError } from './domain-error.js';
import { isUuid } from './ids.js';

const fingerprint = (query: unknown): string =>
  createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16);

/** Encodes the opaque token of the next page: the last key of this page, bound to its query. */
export function encodePageToken(query: unknown, lastKey: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([fingerprint(query), ...lastKey])).toString('base64url');
}

/**
 * Type of a part of a key: `count` is a row or offset of 32 bits, `sequence` a decimal number of 64 bits; the
 * other parts are values as the database writes them.
 */
export type KeyPart = 'uuid' | 'count' | 'sequence' | 'string' | 'number' | 'boolean' | 'timestamp';

const UNREADABLE = /\0|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;

const FORMS: Readonly<Record<KeyPart, (part: string) => boolean>> = {
  uuid: isUuid,
  count: (part) => /^\d{1,10}$/.test(part) && Number(part) <= 0x7fffffff,
  sequence: (part) => /^\d{1,18}$/.test(part),
  string: (part) => !UNREADABLE.test(part),
  number: (part) => /^(NaN|-?Infinity|-infinity|-?\d{1,40}(\.\d{1,40})?(e[+-]?\d{1,2})?)$/.test(part),
  boolean: (part) => /^(t|f|true|false)$/.test(part),
  timestamp: (part) => part === '-infinity' || isTime(part),
};

/** True for an existing time as Postgres writes it, `2026-02-28 09:00:00.5+00`. */
function isTime(part: string): boolean {
  const [, year, month, day] =
    /^(\d{4})-(\d\d)-(\d\d) ([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?[+-](0\d|1[0-4])(:[0-5]\d)?$/.exec(
      part,
    ) ?? [];
  const date = new Date(`${year}-${month}-${day}T00:00:00Z`);
  return year !== '0000' && date.getUTCDate() === Number(day);
}

/**
 * Decodes a token to the parts of the last key; `undefined` for the first page. Tokens are untrusted input.
 * Throws `invalid` PAGE_TOKEN_INVALID if the token is damaged, belongs to another query, or has parts of
 * other types.
 */
export function decodePageToken(
  query: unknown,
  token: string,
  forms: readonly KeyPart[],
): (string | number)[] | undefined {
  if (token === '') return undefined;
  const fail = (why: string) =>
    new DomainError(
      'invalid',
      'PAGE_TOKEN_INVALID',
      `page_token ${why}; repeat the query of the page before it, or leave page_token empty to start over`,
      {
        violations: [{ field: 'page_token', description: why }],
      },
    );
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw fail('is damaged');
  }
  if (!Array.isArray(parts) || parts.some((p) => typeof p !== 'string' && typeof p !== 'number'))
    throw fail('is damaged');
  if (parts[0] !== fingerprint(query)) throw fail('belongs to another query');
  const key = parts.slice(1) as (string | number)[];
  if (key.length !== forms.length || !forms.every((form, i) => FORMS[form](String(key[i]))))
    throw fail('is damaged');
  return key;
}

/** Returns the page size to use: the default for 0, at most `max`. Throws `invalid` for a negative size. */
export function pageSize(asked: number, { fallback = 50, max = 1000 } = {}): number {
  if (asked < 0)
    throw new DomainError(
      'invalid',
      'PAGE_SIZE_INVALID',
      `page_size ${asked} is negative; use 1 to ${max}, or 0 for ${fallback}`,
      { violations: [{ field: 'page_size', description: 'is negative' }] },
    );
  return asked === 0 ? fallback : Math.min(asked, max);
}
