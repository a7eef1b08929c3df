import { createHash } from 'node:crypto';
import type { ArtifactStore } from '@noema/artifacts';
import { DataDirectory, openPlatformStore } from '@noema/standalone';
import type { RunningCluster } from './running-cluster.js';

interface Named {
  readonly place: string;
  readonly team_id: string;
  readonly uri: string;
  readonly sha256: string;
  readonly size: string;
}

/** Schemas whose rows name artifacts. */
const SCHEMAS = ['datasets', 'training', 'activations', 'similarity', 'projection', 'explanations'];
const AT_ONCE = 16;

/**
 * Rows that name an object that is not in the store, is another than they say, or is another team's. `share`
 * of the objects is read and hashed.
 */
export async function findDangling(
  cluster: RunningCluster,
  random: () => number,
  share = 0.1,
): Promise<{ readonly dangling: string[]; readonly references: number }> {
  const named = await references(cluster);
  // No copies: only what the server itself gives counts.
  const store = await openPlatformStore(new DataDirectory(cluster.directory), 0);
  const dangling: string[] = named
    .filter((n) => !n.uri.startsWith(`${n.team_id}/`))
    .map((n) => `${n.place} of team ${n.team_id} names ${n.uri}`);
  const waiting = [...named];
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
        const fault = await findFault(store, next, random() < share);
        if (fault !== undefined) dangling.push(`${next.place} names ${next.uri}: ${fault}`);
      }
    }),
  );
  return { dangling, references: named.length };
}

async function findFault(
  store: ArtifactStore,
  { uri, sha256, size }: Named,
  read: boolean,
): Promise<string | undefined> {
  try {
    const stored = await store.stat(uri);
    if (stored === undefined) return 'it is not in the store';
    if (stored.sizeBytes !== Number(size)) return `it has ${stored.sizeBytes} bytes instead of ${size}`;
    if (
      read &&
      createHash('sha256')
        .update(await store.get({ uri, sha256, sizeBytes: Number(size), mediaType: '' }))
        .digest('hex') !== sha256
    )
      return 'its bytes are others';
    return undefined;
  } catch (error) {
    return String(error);
  }
}

/** Every artifact reference in a JSON column of any table that has a team, found by its form. */
async function references(cluster: RunningCluster): Promise<Named[]> {
  const columns = await cluster.query<{ schema: string; table: string; column: string }>(`
    SELECT c.table_schema AS schema, c.table_name AS table, c.column_name AS column FROM
      information_schema.columns c
    JOIN information_schema.tables t USING (table_schema, table_name)
    JOIN information_schema.columns k ON k.table_schema = c.table_schema AND k.table_name = c.table_name AND
      k.column_name = 'team_id'
    WHERE t.table_type = 'BASE TABLE' AND c.data_type = 'jsonb' AND c.table_schema IN
      (${SCHEMAS.map((s) => `'${s}'`).join(', ')}) AND c.table_name <> 'request'`);
  const found = new Map<string, Named>();
  for (const { schema, table, column } of columns) {
    const rows = await cluster.query<Named>(`SELECT DISTINCT '${schema}.${table}.${column}' AS place, team_id,
        ref->>'uri' AS uri, ref->>'sha256' AS sha256, coalesce(ref->>'sizeBytes', ref->>'size_bytes') AS size
      FROM ${schema}."${table}", LATERAL jsonb_path_query("${column}",
        'strict $.** ? (@.type() == "object" && exists (@.uri) && exists (@.sha256))') AS ref`);
    for (const row of rows) found.set(`${row.team_id} ${row.uri} ${row.sha256}`, row);
  }
  return [...found.values()];
}
