import { mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { DomainError } from '@noema/kernel';
import { pathInvalid } from '../files/file-tree.js';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './archive.limits.js';
import { archiveInvalid, ArchiveWriter } from './archive.writer.js';
import { unpackTar } from './tar.archive.js';
import { unpackZip } from './zip.archive.js';

const FORM = /\.(zip|tar|tar\.gz|tgz)$/i;
const OTHER_FORM = /\.(?:7z|rar|tar\.(?:bz2|xz|zst)|tbz2?|txz)$/i;
/** File in an unpacked folder that says which archive it was. Readers do not see it. */
const ORIGIN = '.noema-archive';

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

/**
 * Unpacks an archive into the folder of its name next to it, or into `folder`. A folder that holds the files of
 * this archive is used unchanged. On a fault nothing is left. Throws `invalid` ARCHIVE_INVALID for a damaged
 * archive, a path that leads out, a link, and beyond `limits`; `precondition` ARCHIVE_FOLDER_EXISTS.
 */
export async function unpackArchive(
  path: string,
  { folder, limits = ARCHIVE_LIMITS }: { readonly folder?: string; readonly limits?: ArchiveLimits } = {},
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
    const writer = new ArchiveWriter(part, basename(archive), facts.size, limits);
    await unpack(archive, writer).catch((error: unknown) => {
      if (error instanceof DomainError) throw error;
      throw writer.fault(`it is damaged, or cut off (${(error as Error).message})`, error);
    });
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

async function unpack(archive: string, writer: ArchiveWriter): Promise<void> {
  const file = await open(archive);
  const head = Buffer.alloc(4);
  try {
    await file.read(head, 0, head.length, 0);
  } finally {
    await file.close();
  }
  if (head.toString('latin1', 0, 2) === 'PK') return unpackZip(archive, writer);
  const isGzip = head[0] === 0x1f && head[1] === 0x8b;
  if (/\.zip$/i.test(archive)) throw archiveInvalid(basename(archive), 'it does not begin as a zip archive');
  return unpackTar(archive, isGzip, writer);
}
