import { createHash } from 'node:crypto';
import { DomainError } from './domain-error.js';

const fingerprint = (query: unknown): string => createHash('sha256').update(JSON.stringify(query)).digest('base64url').slice(0, 16);

/** Makes the opaque token of the next page: the last key seen, bound to the query that it belongs to. */
export function encodePageToken(query: unknown, lastKey: readonly (string | number)[]): string {
  return Buffer.from(JSON.stringify([fingerprint(query), ...lastKey])).toString('base64url');
}

/** Reads a token back. Throws `invalid` PAGE_TOKEN_INVALID when it is damaged or was made for another query; `undefined` for the first page. */
export function decodePageToken(query: unknown, token: string): (string | number)[] | undefined {
  if (token === '') return undefined;
  const fail = (why: string) =>
    new DomainError('invalid', 'PAGE_TOKEN_INVALID', `page_token ${why}; repeat the query of the page before it, or leave page_token empty to start over`, {
      violations: [{ field: 'page_token', description: why }],
    });
  let parts: unknown;
  try {
    parts = JSON.parse(Buffer.from(token, 'base64url').toString());
  } catch {
    throw fail('is damaged');
  }
  if (!Array.isArray(parts) || parts.some((p) => typeof p !== 'string' && typeof p !== 'number')) throw fail('is damaged');
  if (parts[0] !== fingerprint(query)) throw fail('belongs to another query');
  return parts.slice(1) as (string | number)[];
}

/** The page size to use: the default for 0, at most `max`. Throws `invalid` for a negative one. */
export function pageSize(asked: number, { fallback = 50, max = 1000 } = {}): number {
  if (asked < 0) throw new DomainError('invalid', 'PAGE_SIZE_INVALID', `page_size ${asked} is negative; use 1 to ${max}, or 0 for ${fallback}`);
  return asked === 0 ? fallback : Math.min(asked, max);
}
