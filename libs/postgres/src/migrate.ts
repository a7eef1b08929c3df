import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { runner } from 'node-pg-migrate';
import pg from 'pg';
import { OWN_MIGRATIONS, toLedgerName } from './migration-ledger.js';
import { recordVersion, refuseNewer } from './newer-schema.js';
import { grantRole } from './role.js';

export interface MigrateOptions {
  /** URL of a role that may create schemas and roles. */
  readonly adminUrl: string;
  readonly schema: string;
  /** The service's role. It owns nothing and has SELECT, INSERT, UPDATE and DELETE in the schema. */
  readonly role: string;
  /** Not set for a role with which no user signs in directly. */
  readonly rolePassword?: string;
  /** Roles that become members of the role. */
  readonly members?: readonly string[];
  /** Folders of `.sql` files, run in this order. The name of a folder's parent names its ledger. */
  readonly directories: readonly string[];
}

/**
 * Advisory lock keys, in ASCII: "noema" for the whole database, "noem" for one of its schemas. No other code
 * may use them.
 */
const LOCK = 0x6e6f656d61;
const SCHEMA_LOCK = 0x6e6f656d;
/** A network that drops packets answers nothing. */
const CONNECT_TIMEOUT_MS = 10_000;

/**
 * Migrates a schema to the current version and its role to least privilege. A concurrent run waits for the
 * first and then finds nothing to do. Throws `precondition` DATA_NEWER, without changes, if a newer program
 * has migrated the schema.
 */
export async function migrate(options: MigrateOptions): Promise<void> {
  const client = new pg.Client({
    connectionString: options.adminUrl,
    application_name: `noema-migrate-${options.schema}`,
    connectionTimeoutMillis: CONNECT_TIMEOUT_MS,
  });
  // A lost connection fails the statement that runs on it; unheard, the event would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    const schema = pg.escapeIdentifier(options.schema);
    // The log is synced once, with the grants, which come last. The next run repeats what a crash loses
    // before that.
    await client.query('SET synchronous_commit TO off');
    // Schemas migrate concurrently, but never together with a version that locks all of them.
    await client.query('SELECT pg_advisory_lock_shared($1), pg_advisory_lock($2, hashtext($3))', [
      LOCK,
      SCHEMA_LOCK,
      options.schema,
    ]);
    await client.query(`CREATE SCHEMA IF NOT EXISTS ${schema}; SET search_path TO ${schema}`);
    const directories = [OWN_MIGRATIONS, ...options.directories];
    await Promise.all(directories.map((directory) => access(directory)));
    await refuseNewer(client, options.schema, directories);
    for (const directory of directories) await runDirectory(client, options.schema, directory);
    await recordVersion(client, options.schema);
    // Roles and grants belong to the whole server, so only one process changes them at a time.
    await client.query('SELECT pg_advisory_unlock_all()');
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    await grantRole(client, options);
  } finally {
    await client.end();
  }
}

async function runDirectory(dbClient: pg.Client, schema: string, directory: string): Promise<void> {
  await runner({
    dbClient,
    dir: join(directory, '*.sql'),
    useGlob: true,
    direction: 'up',
    schema,
    migrationsSchema: schema,
    migrationsTable: toLedgerName(directory),
    count: Infinity,
    checkOrder: true,
    noLock: true,
    singleTransaction: true,
    log: () => undefined,
  });
}
