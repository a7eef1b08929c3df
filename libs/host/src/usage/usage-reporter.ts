import { UsageService } from '@noema/contracts/noema/workspace/v1/usage_service';
import { TeamQuotas } from '@noema/jobs';
import { asDomainError } from '@noema/kernel';
import { LRUCache } from 'lru-cache';
import type { Host } from '../host.js';

const EVERY_MS = 2_000;
/** Age after which a team's limits are loaded again when one of its members changes something. */
const STALE_MS = 30_000;
const TIMEOUT_MS = 2_000;
const CACHE_ENTRIES = 10_000;

/**
 * Reasons that mean that no workspace service can be queried, now or later: the installation has no workspace
 * service, or an older one.
 */
const NOBODY = new Set(['SERVICE_ADDRESS_MISSING', 'UNIMPLEMENTED']);

/**
 * Reports the teams' use of this service to the workspace service, and stores the limits and the use of other
 * services that it returns. While the workspace service is unavailable, the last values stay in force (ADR
 * 0027).
 */
export class UsageReporter {
  private readonly quotas: TeamQuotas;
  /** Time of the last query for each team. */
  private readonly asked = new LRUCache<string, number>({ max: CACHE_ENTRIES });
  private readonly asking = new Map<string, Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private pass: Promise<void> | undefined;
  private off = false;

  constructor(private readonly host: Host) {
    this.quotas = new TeamQuotas(host.database());
  }

  start(): this {
    this.timer = setInterval(() => {
      this.pass ??= this.reportDue().finally(() => {
        this.pass = undefined;
      });
    }, EVERY_MS).unref();
    return this;
  }

  async stop(): Promise<void> {
    this.off = true;
    clearInterval(this.timer);
    await this.pass;
    await Promise.all(this.asking.values());
  }

  /** Makes sure that the team's limits are recent. Never fails: the last known limits stay in force. */
  async refresh(teamId: string): Promise<void> {
    if (this.off || performance.now() - (this.asked.get(teamId) ?? -STALE_MS) < STALE_MS) return;
    let running = this.asking.get(teamId);
    if (running === undefined) {
      running = this.report(teamId).finally(() => {
        this.asking.delete(teamId);
      });
      this.asking.set(teamId, running);
    }
    await running;
  }

  private async reportDue(): Promise<void> {
    if (this.off) return;
    try {
      for (const teamId of await this.quotas.takeDue()) await this.report(teamId);
    } catch (error) {
      this.host.logger.debug({ err: error }, 'the usage of teams could not be reported; trying again');
    }
  }

  private async report(teamId: string): Promise<void> {
    this.asked.set(teamId, performance.now());
    try {
      const { usage, version } = await this.quotas.usage(teamId);
      const client = this.host.clients().of(UsageService, teamId, 'workspace', { timeoutMs: TIMEOUT_MS });
      const { quota, elsewhere } = await client.reportUsage({
        usage: { ...usage, compute: [...usage.compute] },
      });
      if (quota === undefined || elsewhere === undefined) return;
      await this.quotas.save(teamId, version, quota, elsewhere);
    } catch (error) {
      const { reason, kind } = asDomainError(error);
      if (NOBODY.has(reason) || kind === 'unsupported') this.off = true;
      this.host.logger.debug(
        { err: error, team_id: teamId },
        'the quota of a team could not be fetched; its last known value stays in force',
      );
    }
  }
}
