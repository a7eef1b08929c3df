import { createHash, randomBytes } from 'node:crypto';

/** A string type to which only its own kind of id can be assigned. */
export type Brand<T, Name extends string> = T & { readonly __brand: Name };

export type TeamId = Brand<string, 'TeamId'>;
export type ProjectId = Brand<string, 'ProjectId'>;

const hyphenate = (bytes: Buffer): string => {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/**
 * Returns a new UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, then random bits, so that ids sort
 * by creation time.
 */
export function uuidv7(nowMs = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes[6] = 0x70 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return hyphenate(bytes);
}

/** Returns the UUID version 8 (RFC 9562) that is derived from the parts: their SHA-256, cut to 122 bits. */
export function deriveUuid(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest().subarray(0, 16);
  bytes[6] = 0x80 | (bytes[6]! & 0x0f);
  bytes[8] = 0x80 | (bytes[8]! & 0x3f);
  return hyphenate(bytes);
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

/** True if the text is a UUID in lower case. Only such ids reach the database. */
export const isUuid = (text: string): boolean => UUID.test(text);
