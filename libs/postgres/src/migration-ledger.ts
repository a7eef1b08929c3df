import { basename, dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Migrations that every schema has. */
export const OWN_MIGRATIONS = fileURLToPath(new URL('../../migrations', import.meta.url));

/** The table that remembers which files of a folder ran; the folder's parent names it. */
export const ledgerOf = (directory: string): string =>
  `migration_${basename(dirname(directory)).replaceAll('-', '_')}`;
