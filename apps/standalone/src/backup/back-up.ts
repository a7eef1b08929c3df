import { createHash } from 'node:crypto';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { copyAtRest, copyWhileRunning, walk } from '@noema/embedded-postgres';
import { type DataDirectory, readJson, writeJson } from '../data-directory.js';
import { lockDirectory, lockHolder } from '../directory-lock.js';
import type { PlatformState } from '../platform-state.js';
import type { Secrets } from '../secrets.js';
import { type BackupFile, copyFileHashed } from './backup-files.js';
import { backupInside, backupOfCluster, directoryNotEmpty, nothingToBackUp } from './backup.errors.js';

/** Content of `backup.json`, which is written last. A backup without it is incomplete. */
export interface BackupManifest {
  readonly format: 1;
  readonly createTime: string;
  /** Whether the platform ran meanwhile. */
  readonly running: boolean;
  readonly files: number;
  readonly sizeBytes: number;
  /** SHA-256 of the file SHA256SUMS, which has that of every other file. */
  readonly sums: string;
  /** Folders of PostgreSQL, of which some are empty. */
  readonly folders: readonly string[];
}

export const MANIFEST = 'backup.json';
export const SUMS = 'SHA256SUMS';
/** Where objects lie: the file store, or what the S3 server of a cluster set-up keeps. */
const STORES = ['store', 's3'];

/**
 * Saves all that a data directory needs to live on into an empty directory: secrets, the database, then the
 * objects. A platform may run meanwhile: the backup is the moment at which the database was finished, and
 * every object that a row named then is kept for a day after. Throws `precondition` DIRECTORY_NOT_EMPTY,
 * `unsupported` BACKUP_SET_UP, `not-found` DATA_DIRECTORY_MISSING.
 */
export async function backUp(directory: DataDirectory, to: string): Promise<BackupManifest> {
  const target = resolve(to);
  if (`${target}${sep}`.startsWith(`${directory.path}${sep}`)) throw backupInside(target, directory.path);
  const secrets = await readJson<Secrets>(directory.secrets);
  if (secrets === undefined) throw nothingToBackUp(directory.path);
  const state = await readJson<PlatformState>(directory.state);
  const running = (await lockHolder(directory.path)) !== undefined;
  if (running && state?.setUp === 'cluster') throw backupOfCluster();
  await requireEmpty(target);
  const release = running ? undefined : await lockDirectory(directory.path);
  try {
    return await save({
      directory,
      target,
      url: running
        ? `postgres://postgres:${encodeURIComponent(secrets.postgresPassword)}@127.0.0.1:${state!.postgres.port}/noema`
        : undefined,
    });
  } finally {
    await release?.();
  }
}

async function save({
  directory,
  target,
  url,
}: {
  readonly directory: DataDirectory;
  readonly target: string;
  readonly url: string | undefined;
}): Promise<BackupManifest> {
  const files: BackupFile[] = [];
  const copy = async (path: string): Promise<void> => {
    const copied = await copyFileHashed(directory.of(path), join(target, path));
    if (copied !== undefined) files.push({ path, ...copied });
  };
  const write = async (path: string, bytes: Uint8Array): Promise<void> => {
    await mkdir(dirname(join(target, path)), { recursive: true, mode: 0o700 });
    await writeFile(join(target, path), bytes, { mode: 0o600, flag: 'wx' });
    files.push({ path, sha256: createHash('sha256').update(bytes).digest('hex'), sizeBytes: bytes.length });
  };
  for (const name of await readdir(directory.path))
    if (/^(secrets|credentials.*)\.json$/.test(name)) await copy(name);
  const below = (path: string): string => `postgres/${path}`;
  const postgres = {
    copy: (path: string) => copy(below(path)),
    write: (path: string, bytes: Uint8Array) => write(below(path), bytes),
  };
  const folders =
    url === undefined
      ? await copyAtRest(directory.postgres, postgres.copy)
      : await copyWhileRunning(directory.postgres, { url, ...postgres });
  // After the database: an object exists before the row that names it, and stays for a day after the row is
  // deleted.
  for (const store of STORES)
    for (const path of (await walk(directory.of(store), (name) => name.startsWith('.temporary'))).files)
      await copy(`${store}/${path}`);
  const sums = Buffer.from(files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join(''));
  await writeFile(join(target, SUMS), sums, { mode: 0o600 });
  const manifest: BackupManifest = {
    format: 1,
    createTime: new Date().toISOString(),
    running: url !== undefined,
    files: files.length,
    sizeBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
    sums: createHash('sha256').update(sums).digest('hex'),
    folders: folders.map(below),
  };
  await writeJson(join(target, MANIFEST), manifest);
  return manifest;
}

/** Makes the directory, for the owner alone. Throws `precondition` DIRECTORY_NOT_EMPTY. */
export async function requireEmpty(path: string): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 });
  if ((await readdir(path)).length > 0) throw directoryNotEmpty(path);
}
