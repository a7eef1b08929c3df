import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { sweepArtifacts } from '@noema/artifacts';
import { type RawBuilder, sql } from 'kysely';
import type { Host } from './host.js';
import { NamedArtifacts } from './named-artifacts.js';
import type { SweepParts } from './service-artifacts.js';
import { UnnamedArtifacts } from './unnamed-artifacts.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

/** Artifacts of finished shards of unfinished jobs. No row of a resource names them yet. */
const heldByJobs = sql`
  select jsonb_path_query(s.result, '$.** ? (exists(@.sha256))') as ref from shard s join job j on j.id =
    s.job_id where j.state in ('open', 'cancelling')`;

/** Returns a query with one column `ref`: every artifact reference (jsonb) that must be in the store. */
export const keptArtifacts = ({ named }: SweepParts): RawBuilder<unknown> =>
  sql`${named} union all ${heldByJobs}`;

/**
 * Deletes, once an hour while the service runs, what crashed attempts and deleted resources left in the store.
 * Workers do not sweep, since an idle worker may end at any time. An object stays for a whole day after its row
 * is deleted, so that a copy of the store that is made within a day after one of the database has all objects
 * that the database names.
 */
export class ArtifactSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly host: Host,
    private readonly parts: SweepParts,
  ) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => {
      void this.quietly();
    }, HOUR_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  /** Sweeps objects that are older than the grace period once. Default: one day. */
  run({
    graceMs = DAY_MS,
  }: {
    readonly graceMs?: number;
  } = {}): Promise<{ objects: number; abandoned: number }> {
    const unnamed = new UnnamedArtifacts(this.host.database());
    return sweepArtifacts({
      store: this.host.store(),
      kinds: this.parts.kinds,
      signal: this.stopping.signal,
      graceMs,
      named: async (uris) => {
        const named = await this.namedOfAllTeams(uris);
        await unnamed.forget(named);
        return named;
      },
      due: (artifacts) => unnamed.due(artifacts, graceMs),
    });
  }

  /** Row-level security hides the rows of other teams, so the query runs for each team. */
  private async namedOfAllTeams(uris: readonly string[]): Promise<Set<string>> {
    const [found, named] = [
      new NamedArtifacts(this.host.database(), keptArtifacts(this.parts)),
      new Set<string>(),
    ];
    for (const teamId of new Set(uris.map((uri) => uri.split('/')[0]!))) {
      for (const uri of await found.among(
        teamId,
        uris.filter((each) => each.startsWith(`${teamId}/`)),
      ))
        named.add(uri);
    }
    return named;
  }

  private async quietly(): Promise<void> {
    try {
      const swept = await this.run();
      if (swept.objects + swept.abandoned > 0)
        this.host.logger.info(swept, 'removed artifacts that nothing names');
    } catch (error) {
      this.host.logger.warn({ err: error }, 'the store could not be swept; trying again in an hour');
    }
  }
}
