import type { Credential, PersonCredential } from './credential.js';
import { Seal } from './seal.js';

/** How long a session lasts at most: one by an API key ends with the key; a person has to be identified anew. */
export const SESSION_LIFETIME_S = { apiKey: 30 * 24 * 3600, person: 12 * 3600 } as const;

/** A session as its cookie says. */
export interface Session {
  readonly credential: Credential;
  readonly sinceS: number;
  readonly endsS: number;
}

/** Seals sessions, so that the gateway need not remember them. */
export class SessionSeal {
  private readonly inner: Seal;

  constructor(secrets: string, private readonly nowMs: () => number = Date.now) {
    this.inner = new Seal(secrets, 'noema session 1');
  }

  /** Seals and opens with other secrets from now on. */
  replaceSecrets(secrets: string): void {
    this.inner.replaceSecrets(secrets);
  }

  /** A session that begins now, or that goes on since `sinceS`: what its cookie carries, and for how long. */
  seal(credential: Credential, sinceS = Math.floor(this.nowMs() / 1000)): { readonly value: string; readonly maxAgeS: number } {
    const value = this.inner.seal([sinceS, 'apiKey' in credential ? credential.apiKey : credential.person]);
    return { value, maxAgeS: Math.max(0, sinceS + lifetimeOf(credential) - Math.floor(this.nowMs() / 1000)) };
  }

  /** The session; `undefined` for a forgery, for what another secret has sealed, and for one that is over. */
  open(sealed: string): Session | undefined {
    const opened = this.inner.open(sealed);
    if (opened === undefined) return undefined;
    const [sinceS, what] = opened as [number, string | PersonCredential];
    const credential = typeof what === 'string' ? { apiKey: what } : { person: what };
    const endsS = sinceS + lifetimeOf(credential);
    return this.nowMs() / 1000 > endsS ? undefined : { credential, sinceS, endsS };
  }
}

const lifetimeOf = (credential: Credential): number => ('apiKey' in credential ? SESSION_LIFETIME_S.apiKey : SESSION_LIFETIME_S.person);
