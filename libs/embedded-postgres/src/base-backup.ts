import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { walk } from './walk.js';

/** Folders whose content a server makes anew; PostgreSQL's own base backups leave it out too. */
const EPHEMERAL = /^(pg_dynshmem|pg_notify|pg_replslot|pg_serial|pg_snapshots|pg_stat_tmp|pg_subtrans)\//;
const NEVER = /^postmaster\.(pid|opts)$|(^|\/)pgsql_tmp|(^|\/)pg_internal\.init/;
const CONTROL = 'global/pg_control';

/** Copies a file of the data directory, by its path in there. */
export type CopyFile = (path: string) => Promise<void>;

/** Copies the data directory of a server that is down; returns its folders. */
export async function copyAtRest(directory: string, copy: CopyFile): Promise<string[]> {
  const { files, folders } = await walk(directory, (path) => NEVER.test(path));
  for (const file of files) await copy(file);
  return folders;
}

/**
 * Copies the data directory of a running server as a base backup of PostgreSQL: a start command, the files in
 * their current state, an end command, then the log between the two, which makes them one moment: that of the
 * end. A slot keeps that log. Returns the folders.
 */
export async function copyWhileRunning(
  directory: string,
  {
    url,
    copy,
    write,
  }: {
    readonly url: string;
    readonly copy: CopyFile;
    readonly write: (path: string, text: Uint8Array) => Promise<void>;
  },
): Promise<string[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'noema-backup' });
  await client.connect();
  try {
    const one = async (text: string): Promise<Record<string, string>> =>
      (await client.query<Record<string, string>>(text)).rows[0]!;
    await one(`select pg_create_physical_replication_slot('noema_backup_' || pg_backend_pid(), true, true)`);
    const { first } = await one(`select pg_walfile_name(pg_backup_start('noema', true)) as first`);
    const { files, folders } = await walk(
      directory,
      (path) =>
        NEVER.test(path) ||
        EPHEMERAL.test(path) ||
        (/^pg_wal\/[^/]+$/.test(path) && !path.endsWith('archive_status') && !path.endsWith('summaries')),
    );
    for (const file of files)
      await (file === CONTROL ? write(file, await unchanging(join(directory, file))) : copy(file));
    const { last, labelfile, spcmapfile } = await one(
      'select pg_walfile_name(lsn) as last, labelfile, spcmapfile from pg_backup_stop(false)',
    );
    const log = (await walk(join(directory, 'pg_wal'))).files.filter(
      (name) => /^[0-9A-F]{24}$/.test(name) && name >= first! && name <= last!,
    );
    for (const name of log) await copy(`pg_wal/${name}`);
    await write('backup_label', Buffer.from(labelfile!));
    if (spcmapfile!.trim() !== '') await write('tablespace_map', Buffer.from(spcmapfile!));
    return folders;
  } finally {
    await client.end();
  }
}

/** A small file that the server may just be writing: read until it is twice the same. */
async function unchanging(path: string): Promise<Uint8Array> {
  for (let before = await readFile(path); ; ) {
    const now = await readFile(path);
    if (now.equals(before)) return now;
    before = now;
  }
}
