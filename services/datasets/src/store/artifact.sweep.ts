import { type ArtifactStore, sweepArtifacts } from '@noema/artifacts';
import { INGESTION_KIND } from './ingestion.store.js';

/** Those of a team's artifacts that a row names. */
export type NamedArtifacts = (teamId: string, uris: readonly string[]) => Promise<ReadonlySet<string>>;

/** Removes what ingestions left behind that never became a version. */
export class ArtifactSweep {
  constructor(private readonly store: ArtifactStore, private readonly named: NamedArtifacts) {}

  /** Removes objects older than the grace age (one day when left out) that no version names. */
  async run(options: { readonly graceMs?: number; readonly signal?: AbortSignal } = {}): Promise<{ objects: number; abandoned: number }> {
    return sweepArtifacts({ store: this.store, kinds: [INGESTION_KIND], named: (uris) => this.namedOfAllTeams(uris), ...options });
  }

  private async namedOfAllTeams(uris: readonly string[]): Promise<Set<string>> {
    const teams = new Map<string, string[]>();
    for (const uri of uris) {
      const team = uri.split('/')[0]!;
      teams.set(team, [...teams.get(team) ?? [], uri]);
    }
    const named = new Set<string>();
    for (const [team, theirs] of teams) for (const uri of await this.named(team, theirs)) named.add(uri);
    return named;
  }
}
