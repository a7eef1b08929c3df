import { DomainError } from '@noema/kernel';

export const tokenMissing = (): DomainError =>
  new DomainError(
    'unauthenticated',
    'TOKEN_MISSING',
    'this call needs a token; send the header "authorization: Bearer <token>"',
  );

export const tokenExpired = (at: Date): DomainError =>
  new DomainError(
    'unauthenticated',
    'TOKEN_EXPIRED',
    `the token expired at ${at.toISOString()}; exchange the API key for a new one`,
  );

/** The same text for every invalid token, so that an attacker learns nothing. The cause is for the log. */
export const tokenInvalid = (cause: unknown): DomainError =>
  new DomainError(
    'unauthenticated',
    'TOKEN_INVALID',
    'the token is not one of this platform; exchange the API key for a new one',
    { cause },
  );

export const accessDenied = (rpc: string, role: string, allowed: readonly string[]): DomainError =>
  new DomainError(
    'forbidden',
    'ROLE_TOO_LOW',
    `${rpc} is for the roles ${allowed.join(', ')} and this token has the role ${role}; ask an admin of ` +
      'the team',
    {
      metadata: { rpc, role },
    },
  );
