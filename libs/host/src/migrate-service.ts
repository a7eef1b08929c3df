import { migrateBus } from '@noema/events';
import { migrate } from '@noema/postgres';

export interface MigrateServiceOptions {
  readonly name: string;
  readonly migrations: readonly string[];
  /** URL of a role that may create schemas and roles. */
  readonly adminUrl: string;
  /** URL that the service itself will use; its password is given to the service's role. */
  readonly url: string;
}

/** Brings the service's schema, its role and the bus up to date; safe when several start at once. */
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
