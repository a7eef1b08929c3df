import { Seal } from '../session/seal.js';

/** A sign-in that has started and has not come back from the identity provider. */
export interface Login {
  readonly state: string;
  readonly nonce: string;
  /** The secret of PKCE (RFC 7636). */
  readonly codeVerifier: string;
  /** Path to go to afterwards. */
  readonly next: string;
}

/** How long somebody may take at the identity provider. */
export const LOGIN_LIFETIME_S = 600;

/** Seals a login into the browser that began it, so that no other can end it. */
export class LoginSeal {
  private readonly inner: Seal;

  constructor(
    secrets: string,
    private readonly nowMs: () => number = Date.now,
  ) {
    this.inner = new Seal(secrets, 'noema login 1');
  }

  /** Seals and opens with other secrets from now on. */
  replaceSecrets(secrets: string): void {
    this.inner.replaceSecrets(secrets);
  }

  seal(login: Login): string {
    return this.inner.seal([Math.floor(this.nowMs() / 1000), login]);
  }

  /** The login; `undefined` for a forgery and for one that took too long. */
  open(sealed: string): Login | undefined {
    const opened = this.inner.open(sealed);
    if (opened === undefined) return undefined;
    const [sinceS, login] = opened as [number, Login];
    return this.nowMs() / 1000 - sinceS > LOGIN_LIFETIME_S ? undefined : login;
  }
}
