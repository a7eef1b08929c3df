import { readdir } from 'node:fs/promises';
import { DomainError, NOEMA_VERSION } from '@noema/kernel';
import pg from 'pg';
import { toLedgerName } from './migration-ledger.js';

const versionIn = (comment: string | null | undefined): string | undefined =>
  /^Noema (\S+)$/.exec(comment ?? '')?.[1];

/** Stores this program's version in the schema, for an older program that starts later. */
export async function recordVersion(client: pg.Client, schema: string): Promise<void> {
  await client.query(
    `COMMENT ON SCHEMA ${pg.escapeIdentifier(schema)} IS ${pg.escapeLiteral(`Noema ${NOEMA_VERSION}`)}`,
  );
}

/**
 * Rejects a schema with a migration that this program does not have, because a newer program has run it.
 * Throws `precondition` DATA_NEWER.
 */
export async function refuseNewer(
  client: pg.Client,
  schema: string,
  directories: readonly string[],
): Promise<void> {
  for (const directory of directories) {
    const table = `${pg.escapeIdentifier(schema)}.${toLedgerName(directory)}`;
    const {
      rows: [ledger],
    } = await client.query<{ exists: boolean; comment: string | null }>(
      `SELECT to_regclass($1) IS NOT NULL AS exists, obj_description(to_regnamespace($2), 'pg_namespace') AS
        comment`,
      [table, pg.escapeIdentifier(schema)],
    );
    if (ledger?.exists !== true) continue;
    const { rows } = await client.query<{ name: string }>(`SELECT name FROM ${table} ORDER BY id`);
    const known = new Set((await readdir(directory)).map((file) => file.replace(/\.sql$/, '')));
    const unknown = rows.map(({ name }) => name).filter((name) => !known.has(name));
    if (unknown.length > 0) throw dataNewer(schema, unknown, versionIn(ledger.comment));
  }
}

function dataNewer(schema: string, unknown: readonly string[], version: string | undefined): DomainError {
  const by =
    version === undefined
      ? 'a newer Noema'
      : version === NOEMA_VERSION
        ? `a newer build of Noema ${version}`
        : `Noema ${version}`;
  return new DomainError(
    'precondition',
    'DATA_NEWER',
    `the data were written by ${by}, this is Noema ${NOEMA_VERSION}: it does not know the migration ` +
      `${unknown.map((name) => `"${name}"`).join(', ')} of schema "${schema}"; start ${by} or a later ` +
      'one, or restore a backup of before the upgrade',
    {
      metadata: {
        schema,
        migrations: unknown.join(','),
        version: NOEMA_VERSION,
        ...(version !== undefined && { needed_version: version }),
      },
    },
  );
}
