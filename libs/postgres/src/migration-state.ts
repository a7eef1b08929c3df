import { readdir } from 'node:fs/promises';
import type pg from 'pg';
import { OWN_MIGRATIONS, toLedgerName } from './migration-ledger.js';

/** Difference between a schema's ledgers and the migration files. */
export interface MigrationState {
  /** Files that have not run, such as `jobs/0004_job_trace`. */
  readonly pending: readonly string[];
  /** Migrations that have run but have no file: a newer version has migrated the schema. */
  readonly unknown: readonly string[];
}

/**
 * Compares the ledgers of a schema with the folders of its migrations. Changes nothing. The role must be able
 * to read the ledgers.
 */
export async function migrationState(
  client: pg.Client,
  schema: string,
  directories: readonly string[],
): Promise<MigrationState> {
  const [pending, unknown]: [string[], string[]] = [[], []];
  for (const directory of [OWN_MIGRATIONS, ...directories]) {
    const ledger = toLedgerName(directory);
    const files = (await readdir(directory))
      .filter((file) => file.endsWith('.sql'))
      .map((file) => file.replace(/\.sql$/, ''))
      .sort();
    const there = await client.query('SELECT FROM pg_tables WHERE schemaname = $1 AND tablename = $2', [
      schema,
      ledger,
    ]);
    const ran =
      there.rowCount === 0
        ? []
        : (
            await client.query<{ name: string }>(
              `SELECT name FROM ${client.escapeIdentifier(schema)}.${client.escapeIdentifier(ledger)}`,
            )
          ).rows.map(({ name }) => name);
    const named = (name: string): string => `${ledger.replace('migration_', '')}/${name}`;
    pending.push(...files.filter((file) => !ran.includes(file)).map(named));
    unknown.push(...ran.filter((name) => !files.includes(name)).map(named));
  }
  return { pending, unknown };
}
