import pg from 'pg';

/** The team of a transaction; "*" is work of the system. */
const CURRENT = `current_setting('app.team_id'::text, true)`;

/** The two forms of `secure_by_team`, and one for the system alone, as PostgreSQL writes them. */
const SAFE = [
  `(team_id = (NULLIF(NULLIF(${CURRENT}, ''::text), '*'::text))::uuid)`,
  `((${CURRENT} = (team_id)::text) OR (${CURRENT} = '*'::text))`,
  `(${CURRENT} = '*'::text)`,
];
/** The system has no more than the rows of a further condition. */
const SAFE_START = `((${CURRENT} = '*'::text) AND `;

const UNSAFE = `
  SELECT c.relname AS name,
         CASE WHEN NOT c.relrowsecurity THEN 'row-level security is off'
              WHEN NOT c.relforcerowsecurity THEN 'row-level security is not forced'
              WHEN p.polname IS NULL THEN 'it has no policy'
              ELSE format('its policy "%s" is not by team', p.polname) END AS fault
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'team_id' AND NOT a.attisdropped
  LEFT JOIN pg_policy p ON p.polrelid = c.oid
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND p.polname IS NOT NULL AND NOT EXISTS (
      SELECT FROM unnest(ARRAY[pg_get_expr(p.polqual, c.oid), pg_get_expr(p.polwithcheck, c.oid)]) AS rule
      WHERE rule <> ALL ($2) AND NOT starts_with(rule, $3)))
  ORDER BY c.relname, p.polname`;

const TOO_STRONG = `
  SELECT r.rolname AS name, CASE WHEN r.rolsuper THEN 'it is a superuser' WHEN r.rolbypassrls THEN
    'it bypasses row-level security' ELSE 'it owns ' || c.relname END AS fault
  FROM pg_roles r LEFT JOIN pg_class c ON c.relowner = r.oid
  WHERE r.rolname = $1 AND (r.rolsuper OR r.rolbypassrls OR c.oid IS NOT NULL)`;

/**
 * Throws if a table of the schema with a `team_id` does not enforce row-level security for every role, has no
 * policy or one of another form than `secure_by_team` gives it, or if the role that reads it could bypass the
 * policy. `adminUrl` is a connection that can read the catalogues.
 */
export async function assertRowLevelSecurity(
  adminUrl: string,
  schema: string,
  role = `noema_${schema}`,
): Promise<void> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  try {
    const tables = await client.query<{ name: string; fault: string }>(UNSAFE, [schema, SAFE, SAFE_START]);
    const roles = await client.query<{ name: string; fault: string }>(TOO_STRONG, [role]);
    const faults = [
      ...tables.rows.map((r) => `table ${schema}.${r.name}: ${r.fault}`),
      ...roles.rows.map((r) => `role ${r.name}: ${r.fault}`),
    ];
    if (faults.length > 0) throw new Error(`teams are not kept apart: ${faults.join('; ')}`);
  } finally {
    await client.end();
  }
}
