import { randomUUID } from 'node:crypto';
import { deriveUuid } from '@noema/kernel';
import type { Credential, PersonCredential } from '../credential/credential.js';
import { Seal } from './seal.js';

/**
 * How long a session lasts at most: one by an API key ends with the key; a person has to be identified anew.
 */
export const SESSION_LIFETIME_S = { apiKey: 30 * 24 * 3600, person: 12 * 3600 } as const;

/** A session as its cookie says. */
export interface Session {
  /** Of its own from sign-in to sign-out, in whatever team; by it the session is ended. */
  readonly id: string;
  /** Names the session. */
  readonly credential: Credential;
  readonly sinceS: number;
  readonly endsS: number;
}

/** Seals sessions, so that the gateway need not remember them; the workspace records ended sessions. */
export class SessionSeal {
  private readonly inner: Seal;

  constructor(
    secrets: string,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.inner = new Seal(secrets, 'noema session 1');
  }

  /** Seals and opens with other secrets from now on. */
  replaceSecrets(secrets: string): void {
    this.inner.replaceSecrets(secrets);
  }

  /**
   * A session that begins now, with an id of its own, or that goes on since `sinceS` with the credential's:
   * what its cookie carries, and for how long.
   */
  seal(
    credential: Credential,
    sinceS = Math.floor(this.nowMs() / 1000),
  ): { readonly value: string; readonly maxAgeS: number } {
    const value = this.inner.seal([
      sinceS,
      'apiKey' in credential ? credential.apiKey : credential.person,
      credential.sessionId ?? randomUUID(),
    ]);
    return {
      value,
      maxAgeS: Math.max(0, sinceS + computeLifetime(credential) - Math.floor(this.nowMs() / 1000)),
    };
  }

  /** The session; `undefined` for a forgery, for what another secret has sealed, and for one that is over. */
  open(sealed: string): Session | undefined {
    const opened = this.inner.open(sealed);
    if (opened === undefined) return undefined;
    const [sinceS, what, named] = opened as [number, string | PersonCredential, string | undefined];
    const id = named ?? deriveUuid('session', sealed); // a version before ids has sealed it
    const credential = { ...(typeof what === 'string' ? { apiKey: what } : { person: what }), sessionId: id };
    const endsS = sinceS + computeLifetime(credential);
    return this.nowMs() / 1000 > endsS ? undefined : { id, credential, sinceS, endsS };
  }
}

const computeLifetime = (credential: Credential): number =>
  'apiKey' in credential ? SESSION_LIFETIME_S.apiKey : SESSION_LIFETIME_S.person;
