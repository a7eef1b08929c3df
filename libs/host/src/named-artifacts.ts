import type { ArtifactRef } from '@noema/kernel';
import { type RawBuilder, sql } from 'kysely';
import type { AnyDatabase } from '@noema/postgres';

/** The artifacts that the rows of a service name. Row-level security hides the rows of other teams. */
export class NamedArtifacts {
  /** `references` is a query with one column `ref`: every artifact reference (jsonb) that a row names. */
  constructor(
    private readonly db: AnyDatabase,
    private readonly references: RawBuilder<unknown>,
  ) {}

  /** Returns the reference with this uri that a row of the team names, or undefined. */
  async find(teamId: string, uri: string): Promise<ArtifactRef | undefined> {
    const { rows } = await this.db.run(teamId, () =>
      sql<{
        ref: ArtifactRef;
      }>`select ref from (${this.references}) named where ref->>'uri' = ${uri} limit 1`.execute(this.db.tx()),
    );
    return rows[0]?.ref;
  }

  /** Returns the uris that a row of the team names. */
  async among(teamId: string, uris: readonly string[]): Promise<string[]> {
    const { rows } = await this.db.run(teamId, () =>
      sql<{
        uri: string;
      }>`select ref->>'uri' as uri from (${this.references}) named where ref->>'uri' = any(${uris}::text[])`.execute(
        this.db.tx(),
      ),
    );
    return rows.map(({ uri }) => uri);
  }
}
