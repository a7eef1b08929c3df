import { fileURLToPath } from 'node:url';
import { migrate } from '@noema/postgres';

/**
 * Creates the schema `bus` in the database and grants its use to the service's role. Call it after the
 * service's own migrations.
 */
export const migrateBus = (adminUrl: string, role: string): Promise<void> =>
  migrate({
    adminUrl,
    schema: 'bus',
    role: 'noema_bus',
    members: [role],
    directories: [fileURLToPath(new URL('../../../bus/migrations', import.meta.url))],
  });
