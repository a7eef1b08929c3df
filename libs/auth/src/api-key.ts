import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@noema/kernel';

const FORM = /^noema_([0-9a-f]{12})_([A-Za-z0-9_-]{43})$/;

/** A new API key. The text is shown once; prefix and hash are stored. */
export interface NewApiKey {
  /** `noema_<prefix>_<secret>`: the secret is 256 random bits in base64url. */
  readonly key: string;
  /** 12 hexadecimal digits that identify the key, in the database and for people. */
  readonly prefix: string;
  /**
   * SHA-256 of the whole key, hexadecimal. A slow hash protects guessable passwords; 256 random bits do not
   * need one.
   */
  readonly hash: string;
}

const hashKey = (key: string): string => createHash('sha256').update(key).digest('hex');

export function newApiKey(): NewApiKey {
  const prefix = randomBytes(6).toString('hex');
  const key = `noema_${prefix}_${randomBytes(32).toString('base64url')}`;
  return { key, prefix, hash: hashKey(key) };
}

/**
 * Returns the prefix of a key. Throws `unauthenticated` API_KEY_INVALID if the text is not a key. The error
 * never contains the text.
 */
export function apiKeyPrefix(key: string): string {
  const prefix = FORM.exec(key)?.[1];
  if (prefix === undefined) throw apiKeyInvalid();
  return prefix;
}

/** True if the key has that hash. Takes constant time. */
export function apiKeyMatches(key: string, hash: string): boolean {
  const [asked, kept] = [Buffer.from(hashKey(key), 'hex'), Buffer.from(hash, 'hex')];
  return asked.length === kept.length && timingSafeEqual(asked, kept);
}

/** The same error for a malformed, unknown, revoked and expired key. */
export const apiKeyInvalid = (): DomainError =>
  new DomainError(
    'unauthenticated',
    'API_KEY_INVALID',
    "the API key is unknown, revoked or expired; make a new one in the team's settings",
  );
