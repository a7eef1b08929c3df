import type { TokenService } from '@noema/contracts/noema/workspace/v1/token_service';
import type { UsageService } from '@noema/contracts/noema/workspace/v1/usage_service';
import { DomainError } from '@noema/kernel/domain-error';
import type { RestCallOptions } from './http-caller.js';
import type { RestClient } from './rest-client.js';

/** Clients that know the own team and its quotas. */
export interface QuotaClients {
  readonly tokens: Pick<RestClient<typeof TokenService>, 'getSelf'>;
  readonly usage: Pick<RestClient<typeof UsageService>, 'getTeamUsage'>;
}

/**
 * Throws `exhausted` QUOTA_EXCEEDED if the own team has no room for `size` more bytes. The platform counts files when
 * they are registered, so that a client without this check sends all of them before it is refused. `format` writes a
 * number of bytes.
 */
export async function requireStoredQuota(
  { tokens, usage }: QuotaClients,
  size: number,
  format: (bytes: number) => string,
  options: RestCallOptions = {},
): Promise<void> {
  const { team } = await tokens.getSelf({}, options);
  if (team === undefined) return;
  const { usage: used } = await usage.getTeamUsage({ teamId: team.id }, options);
  const stored = used?.quotas.find(({ quota }) => quota === 'stored_bytes');
  if (stored === undefined || stored.limit === 0n || stored.left >= BigInt(size)) return;
  throw new DomainError(
    'exhausted',
    'QUOTA_EXCEEDED',
    `these files have ${format(size)}, and the team has ${format(Number(stored.left))} left of ` +
      `${format(Number(stored.limit))}; delete data that are not needed, or have the quota raised`,
  );
}
