import type { Page, PageQuery } from '@noema/kernel';
import type { ApiKey } from './api-key.js';

/** The keys of the current transaction's team. */
export interface ApiKeyRepository {
  find(id: string): Promise<ApiKey | undefined>;
  findByPrefix(prefix: string): Promise<ApiKey | undefined>;
  list(query: PageQuery): Promise<Page<ApiKey>>;
  add(teamId: string, key: ApiKey): Promise<void>;
  /** Writes the time of the last use and no other column, so that it cannot undo a concurrent revocation. */
  markUsed(id: string, at: Date): Promise<void>;
  /** Returns the key, revoked; the first revocation counts. `undefined` if there is no such key. */
  revoke(id: string, at: Date): Promise<ApiKey | undefined>;
}

/** Tells the team of a key, when nobody has signed in yet. */
export interface ApiKeyDirectory {
  teamOf(prefix: string): Promise<string | undefined>;
}

/** Makes keys and recognises them. */
export interface ApiKeyMint {
  create(): { readonly key: string; readonly prefix: string; readonly hash: string };
  /** Throws `unauthenticated` API_KEY_INVALID for a text that is no key. */
  prefixOf(key: string): string;
  /** In constant time. */
  matches(key: string, hash: string): boolean;
}
