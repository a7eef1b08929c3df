import type { Page, PageQuery } from '@noema/kernel';
import type { Secret } from './secret.js';

/** The secrets of the current transaction's team. */
export interface SecretRepository {
  find(id: string): Promise<Secret | undefined>;
  list(query: PageQuery): Promise<Page<Secret>>;
  /** Throws `exists` SECRET_NAME_TAKEN. */
  add(teamId: string, secret: Secret, sealed: Uint8Array): Promise<void>;
  replace(secret: Secret, sealed: Uint8Array): Promise<void>;
  delete(id: string): Promise<void>;
}

/** Seals values so that whoever reads the database learns nothing. */
export interface SecretSealer {
  /** `context` is bound to the sealed value: a value that was moved to another row does not open. Throws `precondition` SECRETS_DISABLED. */
  seal(value: string, context: string): Uint8Array;
}
