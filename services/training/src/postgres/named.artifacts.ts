import type { Database } from '@noema/postgres';
import { sql } from 'kysely';
import type { NamedArtifacts } from '../domain/artifact.ports.js';
import type { TrainingSchema } from './schema.js';

/** The objects that rows of this schema name. */
export class PostgresNamedArtifacts implements NamedArtifacts {
  constructor(private readonly db: Database<TrainingSchema>) {}

  async named(uris: readonly string[]): Promise<Set<string>> {
    const { rows } = await sql<{ uri: string }>`
      select ref->>'uri' as uri from (
        select topology as ref from model_version union all select weights from model_version
        union all select weights from epoch union all select optimizer_state from epoch union all select evaluation from epoch
      ) named where ref->>'uri' = any(${[...uris]}::text[])`.execute(this.db.tx());
    return new Set(rows.map(({ uri }) => uri));
  }
}
