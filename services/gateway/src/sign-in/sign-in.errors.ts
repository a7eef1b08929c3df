import { DomainError } from '@noema/kernel';

export const providerUnavailable = (provider: string, cause: unknown): DomainError =>
  new DomainError(
    'unavailable',
    'PROVIDER_AWAY',
    `${provider} does not answer; try again in a minute, or sign in with an API key`,
    { cause },
  );

/** `error` is a code of OAuth such as `access_denied`. */
export const providerRefused = (error: string, cause: unknown): DomainError =>
  new DomainError(
    'unauthenticated',
    'PROVIDER_REFUSED',
    'the identity provider did not sign you in ' +
      `(${/^[\w.-]{1,64}$/.test(error) ? error : 'unknown reason'}); try again`,
    { cause },
  );

/** One text for every forgery, so that a forger learns nothing; the cause is for the log. */
export const identityInvalid = (cause: unknown): DomainError =>
  new DomainError(
    'unauthenticated',
    'IDENTITY_INVALID',
    'what the identity provider sent cannot be trusted; try again, and notify the operator of this ' +
      'platform if it stays so',
    { cause },
  );

export const loginExpired = (): DomainError =>
  new DomainError(
    'unauthenticated',
    'LOGIN_EXPIRED',
    'this sign-in took too long, was used already, or was started in another browser; sign in again',
  );

export const notMember = (email: string): DomainError =>
  new DomainError(
    'forbidden',
    'NOT_A_MEMBER',
    'this address has not been added to a team; ask an admin of your team to add it',
    { metadata: { email } },
  );

export const emailUnverified = (email: string): DomainError =>
  new DomainError(
    'forbidden',
    'EMAIL_UNVERIFIED',
    'the identity provider has not verified this address; verify it there, then sign in again',
    { metadata: { email } },
  );

export const signInOff = (): DomainError =>
  new DomainError(
    'unsupported',
    'IDENTITY_PROVIDER_MISSING',
    'this gateway knows no identity provider; its operator can set NOEMA_OIDC_ISSUER, or sign in with ' +
      'an API key',
  );
