import type { DomainError } from '@noema/kernel';
import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { identityInvalid, providerUnavailable, providerRefused } from '../sign-in/sign-in.errors.js';

/** Codes of the transport for a provider that is unavailable. */
const AWAY: ReadonlySet<string> = new Set(['OAUTH_TIMEOUT', 'OAUTH_ABORT']);

/** The provider said no, did not answer, or what it sent does not hold. */
export function oidcFault(provider: string, error: unknown): DomainError {
  if (error instanceof ResponseBodyError)
    return error.status >= 500 ? providerUnavailable(provider, error) : providerRefused(error.error, error);
  if (error instanceof AuthorizationResponseError)
    return error.error === 'temporarily_unavailable' || error.error === 'server_error'
      ? providerUnavailable(provider, error)
      : providerRefused(error.error, error);
  if (error instanceof ClientError && (AWAY.has(error.code ?? '') || isServerFault(error.cause)))
    return providerUnavailable(provider, error);
  return error instanceof TypeError && error.message === 'fetch failed'
    ? providerUnavailable(provider, error)
    : identityInvalid(error);
}

const isServerFault = (cause: unknown): boolean =>
  (cause instanceof TypeError && cause.message === 'fetch failed') ||
  (cause instanceof Response && cause.status >= 500);
