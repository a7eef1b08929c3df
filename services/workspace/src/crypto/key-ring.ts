import { createHash } from 'node:crypto';

/** A key that wraps the keys of secrets. */
export interface WrappingKey {
  readonly id: string;
  readonly key: Uint8Array;
}

const BYTES = 32;
const NAMED = /^([A-Za-z0-9_.-]{1,64}):([A-Za-z0-9+/]+=*)$/;

const decoded = (text: string): Buffer => Buffer.from(text, 'base64');
const fingerprint = (key: Uint8Array): string =>
  createHash('sha256').update('noema secrets key\0').update(key).digest('hex').slice(0, 16);

/**
 * Returns the fault of a list of keys, `id:base64,id:base64` or one key without an id; `undefined` for a
 * valid list.
 */
export function keyRingFault(text: string): string | undefined {
  const parts = text.split(',');
  if (parts.length === 1 && !text.includes(':'))
    return decoded(text).length === BYTES ? undefined : 'is not 32 bytes in base64';
  const named = parts.map((part) => NAMED.exec(part.trim()));
  if (named.some((match) => match === null || decoded(match[2]!).length !== BYTES))
    return 'is not a list of id:base64 with 32 bytes in base64 each';
  return new Set(named.map((match) => match![1])).size === named.length ? undefined : 'has the same id twice';
}

/**
 * The keys that wrap; the first wraps what is new, all of them open. A key is found by its id, or by its
 * fingerprint when it got its id later.
 */
export class KeyRing {
  private readonly byId = new Map<string, WrappingKey>();

  private constructor(readonly keys: readonly WrappingKey[]) {
    for (const entry of keys) this.byId.set(fingerprint(entry.key), entry);
    for (const entry of keys) this.byId.set(entry.id, entry);
  }

  /** Reads a list that `keyRingFault` finds no fault in; nothing makes an empty ring. */
  static of(text: string | undefined): KeyRing {
    if (text === undefined) return new KeyRing([]);
    return new KeyRing(
      text.split(',').map((part) => {
        const match = NAMED.exec(part.trim());
        const key = decoded(match?.[2] ?? part);
        return { id: match?.[1] ?? fingerprint(key), key };
      }),
    );
  }

  /** The key that wraps what is new. */
  get current(): WrappingKey | undefined {
    return this.keys[0];
  }

  find(id: string): WrappingKey | undefined {
    return this.byId.get(id);
  }
}
