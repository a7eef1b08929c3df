import { fileURLToPath } from 'node:url';
import { Database, migrate } from '../src/index.js';

export interface Widgets {
  widget: { id: string; team_id: string; name: string; count: number };
}

export const MIGRATIONS = fileURLToPath(new URL('../../test/widgets/migrations', import.meta.url));

/** Migrates the schema `widgets` in the database and returns the URL of its role. */
export async function widgetsUrl(adminUrl: string): Promise<string> {
  await migrate({
    adminUrl,
    schema: 'widgets',
    role: 'noema_widgets',
    rolePassword: 'widgets',
    directories: [MIGRATIONS],
  });
  const url = new URL(adminUrl);
  url.username = 'noema_widgets';
  url.password = 'widgets';
  return url.href;
}

export const connectWidgets = (url: string): Database<Widgets> =>
  Database.connect<Widgets>({ url, schema: 'widgets' });
