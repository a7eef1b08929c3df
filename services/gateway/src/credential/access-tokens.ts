import { createHash } from 'node:crypto';
import { asDomainError } from '@noema/kernel';
import { LRUCache } from 'lru-cache';
import type { WorkspaceExchanger } from '../peers/workspace.exchanger.js';
import type { Credential, ExchangedToken } from './credential.js';

interface Entry {
  readonly token: Promise<ExchangedToken>;
  /** Until then the token is used without another exchange. */
  freshUntilMs: number;
  /** Until then it may be used if the exchange is unavailable. */
  goodUntilMs: number;
  /** The entry that this one replaces. */
  readonly before: Entry | undefined;
}

const API_KEY = /^Bearer +(noema_[^ ]+)$/i;
const CACHE_ENTRIES = 1000;
/** Time before its expiry at which a token is no longer used; at most half of its lifetime. */
const MARGIN_MS = 60_000;
/** Maximum time that a revoked key, a removed member or an old quota stays in use here. */
const CHECKED_MS = 2_000;
const AWAY_MS = 5_000;

/**
 * Turns the credential of a request into the `authorization` for the services. Tokens of API keys and people are
 * exchanged again after two seconds; while the exchange is unavailable, they are used until shortly before they
 * expire.
 */
export class AccessTokens {
  /** By the hash of the credential, so that no key stays in memory longer than its request. */
  private readonly entries = new LRUCache<string, Entry>({ max: CACHE_ENTRIES });

  constructor(
    private readonly exchanger: Pick<WorkspaceExchanger, 'exchange'>,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /**
   * Returns the `authorization` header. A token is returned unchanged; every service verifies it. Throws the error
   * of the exchange, `unauthenticated` for an invalid key.
   */
  async authorizationFor(given: Credential | string | undefined): Promise<string | undefined> {
    const credential = toCredential(given);
    if (credential === undefined) return given as string | undefined;
    const hash = hashCredential(credential);
    const known = this.entries.get(hash);
    const entry =
      known !== undefined && known.freshUntilMs > this.nowMs()
        ? known
        : this.exchange(credential, hash, known);
    try {
      return `Bearer ${(await entry.token).token}`;
    } catch (error) {
      const { before } = entry;
      if (
        before === undefined ||
        asDomainError(error).kind === 'unauthenticated' ||
        before.goodUntilMs <= this.nowMs()
      )
        throw error;
      before.freshUntilMs = this.nowMs() + AWAY_MS;
      this.entries.set(hash, before);
      return `Bearer ${(await before.token).token}`;
    }
  }

  /** Drops the token of a credential that a service has rejected; returns false if there was none. */
  forget(given: Credential | string | undefined): boolean {
    const credential = toCredential(given);
    return credential !== undefined && this.entries.delete(hashCredential(credential));
  }

  /** Exchanges once for all requests that wait for the same token. */
  private exchange(credential: Credential, hash: string, before: Entry | undefined): Entry {
    const token = this.exchanger.exchange(credential);
    const entry: Entry = {
      token,
      freshUntilMs: Number.POSITIVE_INFINITY,
      goodUntilMs: Number.POSITIVE_INFINITY,
      before: before && { ...before, before: undefined },
    };
    this.entries.set(hash, entry);
    token.then(
      ({ lifetimeMs }) => {
        const goodMs = lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 2);
        entry.goodUntilMs = this.nowMs() + goodMs;
        entry.freshUntilMs = this.nowMs() + Math.min(goodMs, CHECKED_MS);
      },
      () => {
        if (this.entries.get(hash) === entry) this.entries.delete(hash);
      },
    );
    return entry;
  }
}

/** Includes the session: one that has ended gets no token of another session. */
function hashCredential(credential: Credential): string {
  const who =
    'apiKey' in credential
      ? [credential.apiKey]
      : [credential.person.issuer, credential.person.subject, credential.person.teamId];
  return createHash('sha256')
    .update(JSON.stringify([credential.sessionId ?? '', ...who]))
    .digest('hex');
}

/**
 * Returns the credential to exchange: that of a session, or the API key of a header; `undefined` for any other
 * header.
 */
function toCredential(given: Credential | string | undefined): Credential | undefined {
  if (typeof given === 'object') return given;
  const apiKey = API_KEY.exec(given ?? '')?.[1];
  return apiKey === undefined ? undefined : { apiKey };
}
