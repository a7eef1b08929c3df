import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import { type ArtifactStore, sweepArtifacts } from '@noema/artifacts';
import type { UnitOfWork } from '@noema/kernel';
import type { Logger } from '@noema/observability';
import type { NamedArtifacts } from '../domain/artifact.ports.js';
import { EPOCH_KIND } from './epochs.js';
import { MODEL_KIND } from './topologies.js';

const HOUR_MS = 3_600_000;

/** Removes, once an hour as long as a worker lives, what dead attempts, deleted runs and deleted models left in the store. */
export class ArtifactSweep implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly stopping = new AbortController();
  private timer: NodeJS.Timeout | undefined;

  constructor(private readonly store: ArtifactStore, private readonly work: UnitOfWork, private readonly artifacts: NamedArtifacts, private readonly logger: Logger) {}

  onApplicationBootstrap(): void {
    this.timer = setInterval(() => { void this.quietly(); }, HOUR_MS).unref();
  }

  onApplicationShutdown(): void {
    clearInterval(this.timer);
    this.stopping.abort();
  }

  /** Sweeps once what is older than the grace age, one day when left out. */
  run(options: { readonly graceMs?: number } = {}): Promise<{ objects: number; abandoned: number }> {
    return sweepArtifacts({ store: this.store, kinds: [MODEL_KIND, EPOCH_KIND], named: (uris) => this.named(uris), signal: this.stopping.signal, ...options });
  }

  private async named(uris: readonly string[]): Promise<Set<string>> {
    const named = new Set<string>();
    for (const teamId of new Set(uris.map((uri) => uri.split('/')[0]!))) {
      const theirs = uris.filter((uri) => uri.startsWith(`${teamId}/`));
      for (const uri of await this.work.run(teamId, () => this.artifacts.named(theirs))) named.add(uri);
    }
    return named;
  }

  private async quietly(): Promise<void> {
    try {
      const swept = await this.run();
      if (swept.objects + swept.abandoned > 0) this.logger.info(swept, 'removed artifacts that nothing names');
    } catch (error) {
      this.logger.warn({ err: error }, 'the store could not be swept; trying again in an hour');
    }
  }
}
