import { fileURLToPath } from 'node:url';
import { migrate } from '@noema/postgres';
import pg from 'pg';

const ROLE = 'noema_bus';

/** Makes the schema `bus` in the database and lets the service's role use it; call it after the service's own migrations. */
export async function migrateBus(adminUrl: string, role: string): Promise<void> {
  await migrate({ adminUrl, schema: 'bus', role: ROLE, directories: [fileURLToPath(new URL('../../../bus/migrations', import.meta.url))] });
  const client = new pg.Client(adminUrl);
  await client.connect();
  try {
    await client.query(`GRANT ${ROLE} TO ${pg.escapeIdentifier(role)}`);
  } finally {
    await client.end();
  }
}
