import { createHash } from 'node:crypto';

/** A token made of an API key. */
export interface ExchangedToken {
  readonly token: string;
  readonly lifetimeMs: number;
}

/** Makes tokens of API keys. */
export interface ApiKeyExchanger {
  exchange(apiKey: string): Promise<ExchangedToken>;
}

interface Entry {
  readonly token: Promise<ExchangedToken>;
  freshUntilMs: number;
}

const API_KEY = /^Bearer +(noema_[^ ]+)$/i;
const REMEMBERED = 1000;
/** A token is used until so long before it ends, at most half of its life. */
const MARGIN_MS = 60_000;

/** Turns the `authorization` of a request into the one for the services: API keys become tokens, which are kept until shortly before they end. */
export class AccessTokens {
  /** By the hash of the key, so that no key lies in memory longer than its request. */
  private readonly entries = new Map<string, Entry>();

  constructor(private readonly exchanger: ApiKeyExchanger, private readonly nowMs: () => number = () => performance.now()) {}

  /** Throws what the exchange throws, `unauthenticated` for a bad key; a token passes as it is, every service verifies it. */
  async authorizationFor(header: string | undefined): Promise<string | undefined> {
    const apiKey = API_KEY.exec(header ?? '')?.[1];
    if (apiKey === undefined) return header;
    const hash = hashOf(apiKey);
    const known = this.entries.get(hash);
    const entry = known !== undefined && known.freshUntilMs > this.nowMs() ? known : this.exchange(apiKey, hash);
    return `Bearer ${(await entry.token).token}`;
  }

  /** Forgets the token of a key that a service has refused. */
  forget(header: string | undefined): void {
    const apiKey = API_KEY.exec(header ?? '')?.[1];
    if (apiKey !== undefined) this.entries.delete(hashOf(apiKey));
  }

  /** Asks once for all requests that wait for the same key. */
  private exchange(apiKey: string, hash: string): Entry {
    const token = this.exchanger.exchange(apiKey);
    const entry: Entry = { token, freshUntilMs: Number.POSITIVE_INFINITY };
    this.entries.delete(hash);
    if (this.entries.size >= REMEMBERED) this.entries.delete(this.entries.keys().next().value ?? '');
    this.entries.set(hash, entry);
    token.then(
      ({ lifetimeMs }) => { entry.freshUntilMs = this.nowMs() + lifetimeMs - Math.min(MARGIN_MS, lifetimeMs / 2); },
      () => { if (this.entries.get(hash) === entry) this.entries.delete(hash); },
    );
    return entry;
  }
}

const hashOf = (apiKey: string): string => createHash('sha256').update(apiKey).digest('hex');
