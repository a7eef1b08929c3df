import type { Metadata } from '@grpc/grpc-js';
import type { Principal } from '@noema/auth';
import type { DomainError, RateLimits } from '@noema/kernel';

/**
 * Takes a call from its team's bucket, by the limit in its token, and writes the state of the limit to the
 * trailer. Calls of services are not limited. Returns the error of a rejected call, `exhausted` RATE_LIMITED,
 * or `undefined`.
 */
export function limitRate(
  rates: RateLimits,
  { teamId, role, requestsPerMinute }: Principal,
  trailer: Metadata,
): DomainError | undefined {
  const standing = role === 'service' ? undefined : rates.take(teamId, requestsPerMinute);
  if (standing === undefined) return undefined;
  trailer.set('ratelimit-limit', String(standing.limit));
  trailer.set('ratelimit-remaining', String(standing.left));
  trailer.set('ratelimit-reset', String(standing.resetSeconds));
  return standing.refusal;
}
