import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Migrations that every schema has. */
export const OWN_MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** Returns the table that records which files of a folder have run. The folder's parent names it. */
export const toLedgerName = (directory: string): string =>
  `migration_${basename(dirname(directory)).replaceAll('-', '_')}`;
