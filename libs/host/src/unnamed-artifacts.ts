import type { StoredArtifact } from '@noema/artifacts';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

/** Records since when objects of the store have had no row. */
export class UnnamedArtifacts {
  constructor(private readonly db: AnyDatabase) {}

  /**
   * Records new unnamed objects. Returns, and forgets, the uris of objects that have been unnamed for the
   * grace period. An object that was written again starts anew.
   */
  async due(unnamed: readonly StoredArtifact[], graceMs: number): Promise<ReadonlySet<string>> {
    if (unnamed.length === 0) return new Set();
    const uris = unnamed.map(({ uri }) => uri);
    const written = unnamed.map(({ modifiedAt }) => modifiedAt.toISOString());
    const { rows } = await this.db.runSystem(async () => {
      await sql`insert into unnamed_artifact as known (uri)
        select uri from unnest(${uris}::text[]) as uri order by uri on conflict (uri) do nothing`.execute(
        this.db.tx(),
      );
      await sql`update unnamed_artifact known set seen_at = now()
        from unnest(${uris}::text[], ${written}::timestamptz[]) as stored (uri, written_at) where known.uri =
          stored.uri and known.seen_at < stored.written_at`.execute(this.db.tx());
      return sql<{
        uri: string;
      }>`delete from unnamed_artifact where uri = any(${uris}::text[]) and seen_at <= now() -
        make_interval(secs => ${graceMs / 1000}) returning uri`.execute(this.db.tx());
    });
    return new Set(rows.map(({ uri }) => uri));
  }

  /** Forgets objects that have a row again. */
  async forget(uris: ReadonlySet<string>): Promise<void> {
    if (uris.size > 0)
      await this.db.runSystem(() =>
        sql`delete from unnamed_artifact where uri = any(${[...uris]}::text[])`.execute(this.db.tx()),
      );
  }
}
