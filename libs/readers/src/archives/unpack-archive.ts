import { mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DomainError } from '@noema/kernel';
import { pathInvalid } from '../files/file-tree.js';
import { type ArchiveCaps, unpackFiles } from './unpack-files.js';

const FORM = /\.(zip|tar|tar\.gz|tgz)$/i;
const OTHER_FORM = /\.(?:7z|rar|tar\.(?:bz2|xz|zst)|tbz2?|txz)$/i;
/** File in an unpacked folder that says which archive it was. Readers do not see it. */
const ORIGIN = '.noema-archive';

const LIMITS: Omit<ArchiveCaps, 'fault'> = {
  entries: 2_000_000,
  unpackedBytes: 64 * 2 ** 30,
  ratio: 250,
  ratioFromBytes: 2 ** 24,
};

/** A folder with the files of an archive. */
export interface UnpackedArchive {
  readonly folder: string;
  /** False where the folder held the files of this archive before. */
  readonly isNew: boolean;
}

/** Whether a path has the name of an archive. Throws `unsupported` ARCHIVE_UNSUPPORTED for one of another form. */
export function isArchive(path: string): boolean {
  if (OTHER_FORM.test(path))
    throw new DomainError(
      'unsupported',
      'ARCHIVE_UNSUPPORTED',
      `"${path}" is an archive that is not read here; known: .zip, .tar, .tar.gz, .tgz. Unpack it, and open the folder`,
      { metadata: { path } },
    );
  return FORM.test(path);
}

/** Whether a path has the name of an archive of any form. */
export const isAnyArchive = (path: string): boolean => FORM.test(path) || OTHER_FORM.test(path);

/**
 * Unpacks an archive into the folder of its name next to it, or into `folder`. A folder that holds the files of
 * this archive is used unchanged. On a fault nothing is left. Throws `invalid` ARCHIVE_INVALID for a damaged
 * archive, a path that leads out, a link, and beyond `limits`; `precondition` ARCHIVE_FOLDER_EXISTS.
 */
export async function unpackArchive(
  path: string,
  { folder, limits = LIMITS }: { readonly folder?: string; readonly limits?: typeof LIMITS } = {},
): Promise<UnpackedArchive> {
  const archive = resolve(path);
  const facts = await stat(archive).catch(() => {
    throw pathInvalid(path, 'does not exist, or cannot be read');
  });
  const target = folder ?? join(dirname(archive), basename(archive).replace(FORM, ''));
  const origin = `${basename(archive)} ${facts.size} ${Math.floor(facts.mtimeMs)}\n`;
  if (await isThere(target, origin)) return { folder: target, isNew: false };
  const part = await mkdtemp(`${target}.part-`);
  try {
    await unpackFiles(archive, part, { ...limits, fault: (why) => archiveInvalid(basename(archive), why) });
    await writeFile(join(part, ORIGIN), origin);
    await rename(part, target);
    return { folder: target, isNew: true };
  } catch (error) {
    await rm(part, { recursive: true, force: true });
    throw error;
  }
}

async function isThere(target: string, origin: string): Promise<boolean> {
  const names = await readdir(target).catch(() => [] as string[]);
  if (names.length === 0) return false;
  const known = await readFile(join(target, ORIGIN), 'utf8').catch(() => undefined);
  if (known === origin) return true;
  throw new DomainError(
    'precondition',
    'ARCHIVE_FOLDER_EXISTS',
    `the archive would be unpacked to ${target}, which has files of ${
      known === undefined ? 'another origin' : 'an older archive'
    }; open that folder, or rename it`,
    { metadata: { path: target } },
  );
}

const archiveInvalid = (archive: string, why: string): DomainError =>
  new DomainError('invalid', 'ARCHIVE_INVALID', `${archive} cannot be unpacked: ${why}`, {
    metadata: { path: archive },
  });
