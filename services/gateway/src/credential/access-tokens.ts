import { createHash } from 'node:crypto';
import { asDomainError } from '@noema/kernel';
import { LRUCache } from 'lru-cache';
import type { Credential } from './credential.js';

/** A token made of an API key, or for a person. */
export interface ExchangedToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

/** Makes tokens of what sessions and programs have. */
export interface CredentialExchanger {
  exchange(credential: Credential): Promise<ExchangedToken>;
}

interface Entry {
  readonly token: Promise<ExchangedToken>;
  /** Until then nobody is asked again. */
  freshUntilMs: number;
  /** Until then it may be used, should nobody answer. */
  goodUntilMs: number;
  /** What it takes the place of. */
  readonly before: Entry | undefined;
}

const API_KEY = /^Bearer +(noema_[^ ]+)$/i;
const CACHE_ENTRIES = 1000;
/** A token is used until so long before it ends, at most half of its life. */
const MARGIN_MS = 60_000;
/** So long a revoked key, a removed member or an old quota goes on here. */
const CHECKED_MS = 2_000;
const AWAY_MS = 5_000;

/**
 * Turns what a request signs in with into the `authorization` for the services: API keys and people become
 * tokens, which are asked for again after two seconds and kept until shortly before they end while nobody
 * answers.
 */
export class AccessTokens {
  /** By the hash of the credential, so that no key lies in memory longer than its request. */
  private readonly entries = new LRUCache<string, Entry>({ max: CACHE_ENTRIES });

  constructor(
    private readonly exchanger: CredentialExchanger,
    private readonly nowMs: () => number = () => performance.now(),
  ) {}

  /**
   * Throws what the exchange throws, `unauthenticated` for a bad key; a token passes as it is, every service
   * verifies it.
   */
  async authorizationFor(given: Credential | string | undefined): Promise<string | undefined> {
    const credential = credentialOf(given);
    if (credential === undefined) return given as string | undefined;
    const hash = hashOf(credential);
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

  /** Forgets the token of what a service has refused; false when there was none. */
  forget(given: Credential | string | undefined): boolean {
    const credential = credentialOf(given);
    return credential !== undefined && this.entries.delete(hashOf(credential));
  }

  /** Asks once for all requests that wait for the same token. */
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

/** By session, too: one that has ended gets no token that another one has asked for. */
function hashOf(credential: Credential): string {
  const who =
    'apiKey' in credential
      ? [credential.apiKey]
      : [credential.person.issuer, credential.person.subject, credential.person.teamId];
  return createHash('sha256')
    .update(JSON.stringify([credential.sessionId ?? '', ...who]))
    .digest('hex');
}

/**
 * What is exchanged: the credential of a session, or the API key of a header; `undefined` for a header with
 * anything else.
 */
function credentialOf(given: Credential | string | undefined): Credential | undefined {
  if (typeof given === 'object') return given;
  const apiKey = API_KEY.exec(given ?? '')?.[1];
  return apiKey === undefined ? undefined : { apiKey };
}
