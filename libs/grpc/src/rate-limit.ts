import type { Metadata } from '@grpc/grpc-js';
import type { Principal } from '@noema/auth';
import type { RateLimits } from '@noema/kernel';

/**
 * Takes a call from its team's bucket, by the limit in its token, and tells in the trailer how the team stands; services among themselves are not limited.
 * Throws `exhausted` RATE_LIMITED.
 */
export function limitRate(rates: RateLimits, { teamId, role, requestsPerMinute }: Principal, trailer: Metadata): void {
  if (role === 'service') return;
  const standing = rates.take(teamId, requestsPerMinute);
  if (standing === undefined) return;
  trailer.set('ratelimit-limit', String(standing.limit));
  trailer.set('ratelimit-remaining', String(standing.left));
  trailer.set('ratelimit-reset', String(standing.resetSeconds));
  if (standing.refusal !== undefined) throw standing.refusal;
}
