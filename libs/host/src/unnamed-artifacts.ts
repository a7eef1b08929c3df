import type { StoredArtifact } from '@noema/artifacts';
import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

/** Remembers since when objects of the store have been without a row. */
export class UnnamedArtifacts {
  constructor(private readonly db: AnyDatabase) {}

  /**
   * Notes those that were not known; returns the uris of those that have been without a row for the grace,
   * and forgets them. One that was written again counts anew.
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

  /** They have a row again. */
  async forget(uris: ReadonlySet<string>): Promise<void> {
    if (uris.size > 0)
      await this.db.runSystem(() =>
        sql`delete from unnamed_artifact where uri = any(${[...uris]}::text[])`.execute(this.db.tx()),
      );
  }
}
