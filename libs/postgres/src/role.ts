import pg from 'pg';

interface Grant {
  readonly schema: string;
  readonly role: string;
  readonly rolePassword?: string;
}

/** Makes the role, or sets its password, and grants it the rows of the schema but none of its structure. */
export async function grantRole(admin: pg.Client, { schema, role, rolePassword }: Grant): Promise<void> {
  const [name, in_] = [pg.escapeIdentifier(role), pg.escapeIdentifier(schema)];
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (rowCount === 0) await admin.query(`CREATE ROLE ${name}`);
  const login = rolePassword === undefined ? 'NOLOGIN' : `LOGIN PASSWORD ${pg.escapeLiteral(rolePassword)}`;
  await admin.query(`ALTER ROLE ${name} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE ${login}`);
  await admin.query(`GRANT USAGE ON SCHEMA ${in_} TO ${name}`);
  await admin.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${in_} TO ${name}`);
  await admin.query(`GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${in_} TO ${name}`);
  const { rows } = await admin.query<{ tablename: string }>(`SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename LIKE 'migration\\_%'`, [schema]);
  for (const { tablename } of rows) await admin.query(`REVOKE ALL ON ${in_}.${pg.escapeIdentifier(tablename)} FROM ${name}`);
}
