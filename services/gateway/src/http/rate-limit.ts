import type { ServerResponse } from 'node:http';
import type { Principal } from '@noema/auth';
import type { RateLimits } from '@noema/kernel';

/**
 * Takes a request from its team's bucket, and tells in the headers `RateLimit-*` how the team stands; services among themselves are not limited.
 * Throws `exhausted` RATE_LIMITED.
 */
export function limitRate(rates: RateLimits, { teamId, role, requestsPerMinute }: Principal, res: ServerResponse): void {
  if (role === 'service') return;
  const standing = rates.take(teamId, requestsPerMinute);
  if (standing === undefined) return;
  res.setHeader('RateLimit-Limit', standing.limit);
  res.setHeader('RateLimit-Remaining', standing.left);
  res.setHeader('RateLimit-Reset', standing.resetSeconds);
  if (standing.refusal !== undefined) throw standing.refusal;
}
