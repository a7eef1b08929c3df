import { fileURLToPath } from 'node:url';
import { JOB_SERVICES } from '@noema/contracts';
import { eventsMigrations } from '@noema/events';
import { jobsMigrations } from '@noema/jobs';

/** Names of the services with a schema of their own. */
export const SERVICE_NAMES: readonly string[] = ['workspace', ...JOB_SERVICES];

/** Packages that are not named after their service, because a library is. */
const PACKAGES: Readonly<Record<string, string>> = { insights: 'insights-service' };

/** Folders of a service's migrations, found without loading the service. */
export const migrationFolders = (service: string): readonly string[] => [
  eventsMigrations,
  ...(service === 'workspace' ? [] : [jobsMigrations]),
  fileURLToPath(new URL('../../migrations', import.meta.resolve(`@noema/${PACKAGES[service] ?? service}`))),
];
