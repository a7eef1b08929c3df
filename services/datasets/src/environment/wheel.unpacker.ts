import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { ArchivePaths } from '@noema/kernel/archive-paths';
import type { ArchiveSink } from '../bundle/bundle.files.js';
import { MAX_RATIO, RATIO_FROM_BYTES } from '../bundle/bundle.limits.js';
import { readZip } from '../bundle/zip.reader.js';
import { MAX_ENVIRONMENT_BYTES, MAX_ENVIRONMENT_FILES, MAX_WHEEL_BYTES } from './environment.limits.js';
import { wheelInvalid } from './environment.errors.js';
import { canonicalName, sameVersion } from './requirements.js';
import type { WheelName } from './wheel.name.js';

/** Size of a folder of packages up to now. */
export interface EnvironmentUse {
  bytes: number;
  files: number;
}

/** Folders of a wheel that go to where its packages are; all others of `<name>.data` are scripts and the like. */
const LIBRARIES = new Set(['purelib', 'platlib']);
const DATA = /^[^/]+\.data\/([^/]+)\/(.+)$/;
const METADATA = /^[^/]+\.dist-info\/METADATA$/;

/**
 * Unpacks a wheel into a folder of packages and adds to `use`. Nothing of it runs: scripts and headers are left
 * out, and a wheel with a `.pth` file, which Python may execute when it starts, is refused. Throws `invalid`
 * WHEEL_INVALID.
 */
export async function unpackWheel(
  wheel: Buffer,
  { fileName, name, version }: WheelName,
  folder: string,
  use: EnvironmentUse,
): Promise<void> {
  const fault = (why: string) => wheelInvalid(fileName, why);
  if (wheel.length > MAX_WHEEL_BYTES)
    throw fault(`it has ${wheel.length} bytes, and ${MAX_WHEEL_BYTES} are the limit`);
  if (wheel.toString('latin1', 0, 2) !== 'PK') throw fault('it is no zip archive');
  const paths = new ArchivePaths(wheel.length, {
    unpackedBytes: MAX_ENVIRONMENT_BYTES - use.bytes,
    entries: MAX_ENVIRONMENT_FILES - use.files,
    ratio: MAX_RATIO,
    ratioFromBytes: RATIO_FROM_BYTES,
    fault,
  });
  let metadata: Buffer | undefined;
  const folders = new Set<string>();
  const sink: ArchiveSink = {
    fault,
    reserve: (path, size) => paths.reserve(path, size),
    addFolder: (path) => {
      paths.addFolder(path);
    },
    async add(path, content) {
      paths.addFile(path, content.length);
      if (METADATA.test(path)) metadata = content;
      const target = findTarget(path);
      if (target === undefined) return;
      if (/^[^/]+\.pth$/i.test(target))
        throw fault(
          `it has the file "${target.slice(0, 100)}", which Python may run when it starts; choose a version of ` +
            `${name} without one`,
        );
      await writeInto(join(folder, target), content, folders, fault);
    },
  };
  await readZip(wheel, sink);
  if (metadata === undefined) throw fault('it has no METADATA, so it is no wheel');
  requireName(metadata, { name, version }, fault);
  use.bytes += paths.bytes;
  use.files += paths.entries;
}

/** Where a file of a wheel goes; undefined for one that has no place in a folder of packages. */
function findTarget(path: string): string | undefined {
  const data = DATA.exec(path);
  if (data === null) return path;
  return LIBRARIES.has(data[1]!) ? data[2]! : undefined;
}

/** `folders` holds the folders that exist. */
async function writeInto(
  path: string,
  content: Buffer,
  folders: Set<string>,
  fault: (why: string) => Error,
): Promise<void> {
  const folder = dirname(path);
  try {
    if (!folders.has(folder)) await mkdir(folder, { recursive: true, mode: 0o755 });
    folders.add(folder);
    await writeFile(path, content, { mode: 0o644 });
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (!['EISDIR', 'ENOTDIR', 'EEXIST'].includes(code)) throw error;
    throw fault(`"${basename(path)}" is a file in one wheel and a folder in another`);
  }
}

function requireName(
  metadata: Buffer,
  { name, version }: Pick<WheelName, 'name' | 'version'>,
  fault: (why: string) => Error,
): void {
  const head = metadata.toString('utf8').split(/\r?\n\r?\n/, 1)[0]!;
  const field = (key: string) => new RegExp(`^${key}:[ \t]*(.+?)[ \t]*\r?$`, 'm').exec(head)?.[1] ?? '';
  const [named, versioned] = [field('Name'), field('Version')];
  if (canonicalName(named) !== name || !sameVersion(versioned, version))
    throw fault(`its METADATA names ${named.slice(0, 100)} ${versioned.slice(0, 50)}`);
}

export const hashContent = (content: Uint8Array): string =>
  createHash('sha256').update(content).digest('hex');
