import pg from 'pg';

const UNSAFE = `
  SELECT c.relname AS name,
         CASE WHEN NOT c.relrowsecurity THEN 'row-level security is off'
              WHEN NOT c.relforcerowsecurity THEN 'row-level security is not forced'
              ELSE 'it has no policy' END AS fault
  FROM pg_class c
  JOIN pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'team_id' AND NOT a.attisdropped
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p')
    AND NOT (c.relrowsecurity AND c.relforcerowsecurity AND EXISTS (SELECT FROM pg_policy p WHERE p.polrelid =
      c.oid))`;

const TOO_STRONG = `
  SELECT r.rolname AS name, CASE WHEN r.rolsuper THEN 'it is a superuser' WHEN r.rolbypassrls THEN
    'it bypasses row-level security' ELSE 'it owns ' || c.relname END AS fault
  FROM pg_roles r LEFT JOIN pg_class c ON c.relowner = r.oid
  WHERE r.rolname = $1 AND (r.rolsuper OR r.rolbypassrls OR c.oid IS NOT NULL)`;

/**
 * Throws if a table of the schema with a `team_id` does not enforce row-level security with a policy for
 * every role, or if the role that reads it could bypass the policy. `adminUrl` is a connection that can read
 * the catalogues.
 */
export async function assertRowLevelSecurity(
  adminUrl: string,
  schema: string,
  role = `noema_${schema}`,
): Promise<void> {
  const client = new pg.Client(adminUrl);
  await client.connect();
  try {
    const tables = await client.query<{ name: string; fault: string }>(UNSAFE, [schema]);
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
