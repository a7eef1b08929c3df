import type { Page, PageQuery } from '@noema/kernel';
import type { Secret } from './secret.js';

/** A value in its envelope. */
export interface SealedValue {
  /** Which key wraps the value's own key; `undefined` for a value from before there were envelopes. */
  readonly keyId: string | undefined;
  readonly wrappedKey: Uint8Array | undefined;
  readonly sealed: Uint8Array;
}

/** Whose a value is; bound to it, so that one that was moved to another row does not open. */
export interface SecretOwner {
  readonly teamId: string;
  readonly secretId: string;
}

/** The secrets of the current transaction's team. */
export interface SecretRepository {
  find(id: string): Promise<Secret | undefined>;
  list(query: PageQuery): Promise<Page<Secret>>;
  /** Throws `exists` SECRET_NAME_TAKEN. */
  add(teamId: string, secret: Secret, value: SealedValue): Promise<void>;
  replace(secret: Secret, value: SealedValue): Promise<void>;
  delete(id: string): Promise<void>;
}

/** The sealed values of the current transaction's team. */
export interface SecretVault {
  findByName(name: string): Promise<{ readonly secret: Secret; readonly value: SealedValue } | undefined>;
  /** Some values that another key than this one wraps, held until the end of the transaction. */
  lockOthers(keyId: string): Promise<readonly { readonly id: string; readonly value: SealedValue }[]>;
  /** Writes the value in another envelope; when the secret was changed stays as it is. */
  rewrite(id: string, value: SealedValue): Promise<void>;
}

/**
 * Seals values so that whoever reads the database learns nothing. Every method throws `precondition`
 * SECRETS_DISABLED without a key.
 */
export interface SecretSealer {
  /** Id of the key that wraps what is new. */
  readonly keyId: string;
  /** A text that is the same for the same value and, without the key, tells nothing about it. */
  mark(value: string): string;
  seal(value: string, owner: SecretOwner): SealedValue;
  /**
   * Throws `data-loss` SECRET_UNREADABLE when it was changed, belongs to another owner, or is wrapped by a
   * key that is not here.
   */
  open(value: SealedValue, owner: SecretOwner): string;
  /** The same value, wrapped by the key for what is new. Throws like `open`. */
  rewrap(value: SealedValue, owner: SecretOwner): SealedValue;
}
