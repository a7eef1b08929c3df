import type { ServerResponse } from 'node:http';
import type { Principal } from '@noema/auth';
import type { DomainError, RateLimits } from '@noema/kernel';

/**
 * Takes a request from its team's bucket, and reports the team's limit and remaining requests in the headers
 * `RateLimit-*`; calls between services are not limited. Returns why the request is refused, `exhausted`
 * RATE_LIMITED, or `undefined`.
 */
export function limitRate(
  rates: RateLimits,
  { teamId, role, requestsPerMinute }: Principal,
  res: ServerResponse,
): DomainError | undefined {
  const standing = role === 'service' ? undefined : rates.take(teamId, requestsPerMinute);
  if (standing === undefined) return undefined;
  res.setHeader('RateLimit-Limit', standing.limit);
  res.setHeader('RateLimit-Remaining', standing.left);
  res.setHeader('RateLimit-Reset', standing.resetSeconds);
  return standing.refusal;
}
