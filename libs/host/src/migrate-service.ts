import { migrateBus } from '@noema/events';
import { migrate } from '@noema/postgres';

export interface MigrateServiceOptions {
  readonly name: string;
  readonly migrations: readonly string[];
  /** URL of a role that may create schemas and roles. */
  readonly adminUrl: string;
  /** URL that the service itself will use. Its password is set for the service's role. */
  readonly url: string;
}

/** Migrates the service's schema, its role and the bus. Concurrent runs are safe. */
export async function migrateService({
  name,
  migrations,
  adminUrl,
  url,
}: MigrateServiceOptions): Promise<void> {
  const role = `noema_${name}`;
  await migrate({
    adminUrl,
    schema: name,
    role,
    rolePassword: decodeURIComponent(new URL(url).password),
    directories: migrations,
  });
  await migrateBus(adminUrl, role);
}
