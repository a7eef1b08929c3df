import type { AnyDatabase } from '@noema/postgres';
import { sql } from 'kysely';

/** Those of the artifacts that a row of the ambient team names. */
export async function namedArtifacts(db: AnyDatabase, uris: readonly string[]): Promise<string[]> {
  const { rows } = await sql<{ uri: string }>`select points->>'uri' as uri from exploration where points->>'uri' = any(${[...uris]}::text[])`.execute(db.tx());
  return rows.map(({ uri }) => uri);
}
