import { createHash } from 'node:crypto';
import { chmod, chown, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { serverAccount, walk } from '@noema/embedded-postgres';
import { type DataDirectory, readJson } from '../data-directory.js';
import { type BackupManifest, MANIFEST, requireEmpty, SUMS } from './back-up.js';
import { copyFileHashed } from './backup-files.js';
import { backupDamaged, noBackup } from './backup.errors.js';

/**
 * Makes a data directory of a backup, in a directory that is empty or does not exist; every file is compared
 * with its hash, and when one is not what was saved, nothing stays. Throws `data-loss` BACKUP_DAMAGED with
 * the file, `data-loss` BACKUP_INCOMPLETE, `precondition` DIRECTORY_NOT_EMPTY.
 */
export async function restore(from: string, directory: DataDirectory): Promise<BackupManifest> {
  const source = resolve(from);
  const { manifest, files } = await listed(source);
  await requireEmpty(directory.path);
  try {
    for (const { path, sha256 } of files) {
      const copied = await copyFileHashed(join(source, path), directory.of(path));
      if (copied === undefined) throw backupDamaged(path, 'is missing');
      if (copied.sha256 !== sha256) throw backupDamaged(path, 'is not what was saved');
    }
    for (const folder of manifest.folders)
      await mkdir(directory.of(folder), { recursive: true, mode: 0o700 });
    await handOver(directory);
    return manifest;
  } catch (error) {
    for (const name of await readdir(directory.path))
      await rm(directory.of(name), { recursive: true, force: true });
    throw error;
  }
}

async function listed(source: string): Promise<{
  readonly manifest: BackupManifest;
  readonly files: { readonly path: string; readonly sha256: string }[];
}> {
  const manifest = await readJson<BackupManifest>(join(source, MANIFEST)).catch(() => undefined);
  if (manifest?.format !== 1) throw noBackup(source);
  const sums = await readFile(join(source, SUMS)).catch(() => {
    throw backupDamaged(SUMS, 'is missing');
  });
  if (createHash('sha256').update(sums).digest('hex') !== manifest.sums)
    throw backupDamaged(SUMS, 'is not what was saved');
  const files = sums
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ sha256: line.slice(0, 64), path: line.slice(66) }));
  for (const path of [...files.map((file) => file.path), ...manifest.folders])
    if (isAbsolute(path) || path.split('/').includes('..'))
      throw backupDamaged(path, 'leads out of the directory');
  return { manifest, files };
}

/** Files of PostgreSQL belong to the account that it runs under, which passes through the data directory. */
async function handOver(directory: DataDirectory): Promise<void> {
  await chmod(directory.path, 0o755);
  const account = await serverAccount();
  if (account === undefined) return;
  const { files, folders } = await walk(directory.postgres);
  for (const path of ['', ...folders, ...files])
    await chown(join(directory.postgres, path), account.uid, account.gid);
}
