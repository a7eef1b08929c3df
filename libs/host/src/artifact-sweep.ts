import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { sweepArtifacts } from '@noema/artifacts';
import type { RawBuilder } from 'kysely';
import type { Host } from './host.js';
import { NamedArtifacts } from './named-artifacts.js';

export interface SweepParts {
  /** Third parts of the keys that this service writes. */
  readonly kinds: readonly string[];
  /** A query of one column `ref`: every artifact reference (jsonb) that a row names. */
  readonly named: RawBuilder<unknown>;
}

const HOUR_MS = 3_600_000;

/** Removes, once an hour as long as a worker lives, what dead attempts and deleted resources left in the store. Provide it in a worker's module. */
export class ArtifactSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly host: Host, private readonly parts: SweepParts) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => { void this.quietly(); }, HOUR_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  /** Sweeps once what is older than the grace age, one day when left out. */
  run(options: { readonly graceMs?: number } = {}): Promise<{ objects: number; abandoned: number }> {
    return sweepArtifacts({ store: this.host.store(), kinds: this.parts.kinds, named: (uris) => this.namedOfAllTeams(uris), signal: this.stopping.signal, ...options });
  }

  /** Row-level security shows no table of all teams, so each team is asked. */
  private async namedOfAllTeams(uris: readonly string[]): Promise<Set<string>> {
    const [found, named] = [new NamedArtifacts(this.host.database(), this.parts.named), new Set<string>()];
    for (const teamId of new Set(uris.map((uri) => uri.split('/')[0]!))) {
      for (const uri of await found.among(teamId, uris.filter((each) => each.startsWith(`${teamId}/`)))) named.add(uri);
    }
    return named;
  }

  private async quietly(): Promise<void> {
    try {
      const swept = await this.run();
      if (swept.objects + swept.abandoned > 0) this.host.logger.info(swept, 'removed artifacts that nothing names');
    } catch (error) {
      this.host.logger.warn({ err: error }, 'the store could not be swept; trying again in an hour');
    }
  }
}
