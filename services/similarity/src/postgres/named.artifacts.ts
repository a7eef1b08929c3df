import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

/** Those of the artifacts that a row of the ambient team names. */
export async function namedArtifacts(db: AnyDatabase, uris: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ uri: string }>`
    select artifact->>'uri' as uri from (select artifact from vector_index union all select artifact from neighbor_graph) named
    where artifact->>'uri' = any(${[...uris]}::text[])`.execute(db.tx());
  return rows.map(({ uri }) => uri);
}
