import { assertRowLevelSecurity, migrationState } from '@noema/postgres';
import pg from 'pg';
import { type Answer, type Check, fail, ok, skipped, warn } from '../finding.js';
import { formatReason } from '../run-checks.js';
import { migrationFolders } from '../schemas.js';
import type { Subject } from '../subject.js';

const CONNECT_MS = 8_000;
/** Tokens of a peer whose clock is further away than 5 s are refused. */
const SKEW_S = 2;
const TOKEN_SKEW_S = 5;
const OLD_S = 900;

/** Checks of the database. */
export function postgresChecks({ database }: Subject): Check[] {
  if (database === undefined) return [];
  const { url, schemas } = database;
  const where = `${new URL(url).hostname}:${new URL(url).port === '' ? '5432' : new URL(url).port}`;
  const reach =
    `see whether PostgreSQL runs at ${where}, whether a NetworkPolicy or firewall lets us through, and ` +
    'whether role and password are right';
  const ask = <T>(work: (client: pg.Client) => Promise<T>): Promise<T> => connected(url, work);
  return [
    {
      name: 'postgres',
      advice: reach,
      look: () =>
        ask(async (c) =>
          ok(
            `${(await c.query<{ server_version: string }>('SHOW server_version')).rows[0]!.server_version} ` +
              `at ${where}`,
          ),
        ),
    },
    { name: 'clock', advice: reach, look: () => ask(checkClock) },
    { name: 'schemas', advice: reach, look: () => ask((c) => checkSchemas(c, schemas)) },
    {
      name: 'teams kept apart',
      advice:
        'do not serve anybody until it is cured: run the migration of the service, and see who changed ' +
        'roles or policies',
      look: () => apart(url, schemas),
    },
    { name: 'queues', advice: reach, look: () => ask((c) => eachSchema(c, schemas, 'shard', checkQueue)) },
    {
      name: 'outboxes',
      advice: reach,
      look: () => ask((c) => eachSchema(c, schemas, 'outbox', checkOutbox)),
    },
  ];
}

async function connected<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({
    connectionString: url,
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: CONNECT_MS,
    application_name: 'noema-doctor',
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function checkClock(client: pg.Client): Promise<Answer> {
  const before = Date.now();
  const { rows } = await client.query<{ s: number }>(
    'SELECT extract(epoch FROM clock_timestamp())::float8 AS s',
  );
  const skewS = rows[0]!.s - (before + Date.now()) / 2000;
  const found =
    `the clock of the database is ${Math.abs(skewS).toFixed(1)} s ${skewS < 0 ? 'behind' : 'ahead of'} ` +
    'ours';
  if (Math.abs(skewS) > TOKEN_SKEW_S)
    return fail(found, 'synchronize the clocks of all machines (NTP): tokens are refused beyond 5 s');
  return Math.abs(skewS) > SKEW_S ? warn(found, 'synchronize the clocks of all machines (NTP)') : ok(found);
}

async function checkSchemas(client: pg.Client, schemas: readonly string[]): Promise<Answer> {
  const [pending, unknown]: [string[], string[]] = [[], []];
  for (const schema of schemas) {
    const { rows } = await client.query<{ there: boolean; may: boolean | null }>(
      'SELECT to_regnamespace($1) IS NOT NULL AS there, has_table_privilege(to_regclass($1 || ' +
        "'.migration_postgres'), 'SELECT') AS may",
      [schema],
    );
    if (rows[0]!.may === false)
      return skipped(
        'the role may not read the ledgers of migrations; give NOEMA_DATABASE_ADMIN_URL to compare them',
      );
    if (!rows[0]!.there) pending.push(`${schema}: all, the schema is not there`);
    else {
      const state = await migrationState(client, schema, migrationFolders(schema));
      pending.push(...state.pending.map((name) => `${schema}: ${name}`));
      unknown.push(...state.unknown.map((name) => `${schema}: ${name}`));
    }
  }
  if (pending.length > 0)
    return fail(
      `migrations that have not run: ${pending.join(', ')}`,
      'run the migration of each service (the chart does before an upgrade; "noema up" does at start)',
    );
  if (unknown.length > 0)
    return warn(
      `the database has migrations that this version does not know: ${unknown.join(', ')}`,
      'a newer version was here: run the doctor of that version, and see that all services have it',
    );
  return ok(`${schemas.length} ${schemas.length === 1 ? 'schema is' : 'schemas are'} up to date`);
}

async function apart(url: string, schemas: readonly string[]): Promise<Answer> {
  const faults = (
    await Promise.all(
      schemas.map((schema) =>
        assertRowLevelSecurity(url, schema).then(
          () => [],
          (error: unknown) => [formatReason(error)],
        ),
      ),
    )
  ).flat();
  return faults.length === 0
    ? ok('row-level security is forced in every table of a team, and no role steps around it')
    : fail(
        faults.join('; '),
        'do not serve anybody until it is cured: run the migration of the service, and see who changed ' +
          'roles or policies',
      );
}

type Verdict = { readonly state: 'ok' | 'warn' | 'fail'; readonly text: string; readonly advice: string };

async function eachSchema(
  client: pg.Client,
  schemas: readonly string[],
  table: string,
  look: (client: pg.Client, schema: string) => Promise<Verdict | undefined>,
): Promise<Answer> {
  const { rows } = await client.query<{ schema: string }>(
    'SELECT schemaname AS schema FROM pg_tables WHERE tablename = $1 AND schemaname = ANY($2)',
    [table, [...schemas]],
  );
  if (rows.length === 0) return skipped('there are none yet');
  // The policies show these tables to infrastructure only.
  await client.query(`SELECT set_config('app.team_id', '*', false)`);
  const verdicts: Verdict[] = [];
  for (const { schema } of rows)
    verdicts.push(...[await look(client, schema)].flatMap((v) => (v === undefined ? [] : [v])));
  const worst =
    verdicts.filter((v) => v.state === 'fail').length > 0
      ? 'fail'
      : verdicts.filter((v) => v.state === 'warn').length > 0
        ? 'warn'
        : 'ok';
  const told = verdicts.filter((v) => v.state === worst);
  if (worst === 'ok') return ok(verdicts.map((v) => v.text).join('; ') || 'all empty');
  return {
    state: worst,
    found: told.map((v) => v.text).join('; '),
    advice: [...new Set(told.map((v) => v.advice))].join(' '),
  };
}

async function checkQueue(client: pg.Client, schema: string): Promise<Verdict | undefined> {
  const { rows } = await client.query<{ queued: number; running: number; dead: number; oldest: number }>(`
    SELECT count(*) FILTER (WHERE state = 'queued' AND available_at <= now())::int AS queued, count(*) FILTER
      (WHERE state = 'running' AND lease_until >= now())::int AS running,
      count(*) FILTER (WHERE state = 'running' AND lease_until < now() - interval '1 minute')::int AS dead,
      coalesce(extract(epoch FROM now() - min(available_at) FILTER (WHERE state = 'queued')), 0)::float8 AS
        oldest
    FROM ${pg.escapeIdentifier(schema)}.shard WHERE state IN ('queued', 'running')`);
  const { queued, running, dead, oldest } = rows[0]!;
  const text =
    `${schema}: ${queued} shards wait, ${running} ` +
    `run${queued > 0 ? `, the oldest waits ${Math.round(oldest)} s` : ''}`;
  if (dead > 0)
    return {
      state: 'fail',
      text: `${text}, ${dead} belong to workers that were lost, and were not taken back`,
      advice: 'No worker runs that could: see the workers.',
    };
  if (queued > 0 && running === 0 && oldest > 60)
    return {
      state: 'fail',
      text,
      advice:
        'No worker takes them: see whether workers of the service run, and whether a node with their ' +
        'device is free.',
    };
  if (oldest > OLD_S) return { state: 'warn', text, advice: 'Add workers, or see how long shards take.' };
  return queued + running === 0 ? undefined : { state: 'ok', text, advice: '' };
}

async function checkOutbox(client: pg.Client, schema: string): Promise<Verdict | undefined> {
  const { rows } = await client.query<{ n: number; oldest: number }>(
    `SELECT count(*)::int AS n, coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS oldest
      FROM ${pg.escapeIdentifier(schema)}.outbox WHERE published_at IS NULL`,
  );
  const { n, oldest } = rows[0]!;
  if (n === 0) return undefined;
  const text = `${schema}: ${n} facts are not announced, the oldest for ${Math.round(oldest)} s`;
  return oldest > 60
    ? { state: 'fail', text, advice: 'Nothing is lost; see whether the service runs and reaches the bus.' }
    : { state: 'ok', text, advice: '' };
}
