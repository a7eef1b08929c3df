import type { Login } from './login.js';

/** Who somebody is, as the identity provider says. */
export interface IdentifiedPerson {
  readonly issuer: string;
  readonly subject: string;
  /** Empty when the provider names none. */
  readonly email: string;
  /** Whether the provider has verified the address. */
  readonly emailVerified: boolean;
}

/** The operator's identity provider. */
export interface IdentityProvider {
  readonly displayName: string;
  /** Where a browser signs in. Throws `unavailable` PROVIDER_AWAY. */
  signInUrl(login: Omit<Login, 'next'>): Promise<string>;
  /**
   * Who came back. Throws `unauthenticated` PROVIDER_REFUSED or IDENTITY_INVALID, `unavailable`
   * PROVIDER_AWAY.
   */
  identify(query: URLSearchParams, login: Login): Promise<IdentifiedPerson>;
  /** Where a browser signs out of the provider as well; `undefined` when it has no such place or is away. */
  signOutUrl(): Promise<string | undefined>;
}
