import pg from 'pg';

interface Grant {
  readonly schema: string;
  readonly role: string;
  readonly rolePassword?: string;
  readonly members?: readonly string[];
}

/** Tables with the comment `append-only`. */
const APPEND_ONLY = `
  SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND obj_description(c.oid, 'pg_class') = 'append-only'`;

/**
 * Creates the role, or sets its password, and grants it the rows of the schema but not its structure. In a
 * table with the comment `append-only` it may only read and add rows. Runs in one transaction, which is
 * durable when the call returns.
 */
export async function grantRole(
  admin: pg.Client,
  { schema, role, rolePassword, members = [] }: Grant,
): Promise<void> {
  const [name, in_] = [pg.escapeIdentifier(role), pg.escapeIdentifier(schema)];
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  const { rows: ledgers } = await admin.query<{ tablename: string }>(
    `SELECT tablename FROM pg_tables WHERE schemaname = $1 AND tablename LIKE 'migration\\_%'`,
    [schema],
  );
  const { rows: appendOnly } = await admin.query<{ relname: string }>(APPEND_ONLY, [schema]);
  const login = rolePassword === undefined ? 'NOLOGIN' : `LOGIN PASSWORD ${pg.escapeLiteral(rolePassword)}`;
  await admin.query(
    [
      'BEGIN; SET LOCAL synchronous_commit TO on',
      ...(rowCount === 0 ? [`CREATE ROLE ${name}`] : []),
      `ALTER ROLE ${name} NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE ${login}`,
      `GRANT USAGE ON SCHEMA ${in_} TO ${name}`,
      `GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${in_} TO ${name}`,
      `GRANT USAGE ON ALL SEQUENCES IN SCHEMA ${in_} TO ${name}`,
      ...appendOnly.map(
        ({ relname }) =>
          `REVOKE UPDATE, DELETE, TRUNCATE ON ${in_}.${pg.escapeIdentifier(relname)} FROM ${name}`,
      ),
      ...ledgers.map(
        ({ tablename }) => `REVOKE ALL ON ${in_}.${pg.escapeIdentifier(tablename)} FROM ${name}`,
      ),
      ...members.map((member) => `GRANT ${name} TO ${pg.escapeIdentifier(member)}`),
      'COMMIT',
    ].join('; '),
  );
}
