import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, readdir, rename, rmdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { DomainError } from '@noema/kernel';
import { storedZipEntries } from '@noema/kernel/zip';
import { type Extract, extract } from 'tar-stream';
import { ArchivePaths } from '../bundle/bundle.files.js';
import { dataInvalid } from './data.errors.js';
import { MAX_DATA_BYTES, MAX_DATA_FILES } from './data.limits.js';

const [FILE, FOLDER] = [0o100000, 0o040000];
/** Folders and files around the data that archives of systems have. */
const IGNORED = /^(?:\..*|__MACOSX|Thumbs\.db|desktop\.ini)$/i;

/**
 * Unpacks a zip, tar or tar.gz on disk into a new folder. Holds a part of one file in memory at a time. A folder
 * around everything is dropped. Returns the bytes of the files. Throws `invalid` DATA_INVALID for links, devices,
 * paths that lead elsewhere, damaged archives and those above the limits.
 */
export async function unpackArchive(
  archive: string,
  folder: string,
  limits = { unpackedBytes: MAX_DATA_BYTES, entries: MAX_DATA_FILES },
): Promise<{ readonly bytes: number }> {
  const { size } = await stat(archive);
  const paths = new ArchivePaths(size, { ...limits, fault: dataInvalid });
  await mkdir(folder, { mode: 0o755, recursive: true });
  const target = new TargetFolder(folder, paths);
  const magic = await readStart(archive, 265);
  if (magic.startsWith('PK')) await unzip(archive, target);
  else if (magic.startsWith('\x1f\x8b')) await untar(archive, target, true);
  else if (magic.startsWith('ustar', 257)) await untar(archive, target, false);
  else throw dataInvalid('it is neither a zip, nor a tar, nor a tar.gz');
  if (target.files === 0) throw dataInvalid('it has no file');
  await dropOuterFolder(folder);
  return { bytes: paths.bytes };
}

/** Where the files of an archive go; every path is checked before anything is written. */
class TargetFolder {
  files = 0;
  private readonly folders = new Set<string>();

  constructor(
    private readonly root: string,
    private readonly paths: ArchivePaths,
  ) {}

  addFolder(path: string): void {
    this.paths.addFolder(path);
  }

  /** Writes a file of `size` bytes. Throws `invalid` DATA_INVALID when the stream has another number. */
  async write(path: string, size: number, stream: () => Promise<Readable>): Promise<void> {
    this.paths.addFile(path, size);
    const folder = dirname(join(this.root, path));
    if (!this.folders.has(folder)) await mkdir(folder, { recursive: true });
    this.folders.add(folder);
    let bytes = 0;
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        bytes += chunk.length;
        if (bytes > size) done(dataInvalid(`"${path}" is larger than the archive says`));
        else done(null, chunk);
      },
    });
    try {
      await pipeline(await stream(), count, createWriteStream(join(this.root, path), { flags: 'wx' }));
    } catch (error) {
      throw asFault(error, `"${path}" cannot be unpacked`);
    }
    if (bytes !== size) throw dataInvalid(`"${path}" is damaged: it has ${bytes} bytes of ${size}`);
    this.files++;
  }
}

async function unzip(archive: string, target: TargetFolder): Promise<void> {
  for await (const { name, type, size, stream } of storedZipEntries(archive, dataInvalid)) {
    if (type !== 0 && type !== FILE && type !== FOLDER) throw notPlain(name);
    if (name.endsWith('/')) target.addFolder(name.slice(0, -1));
    else await target.write(name, size, stream);
  }
}

async function untar(archive: string, target: TargetFolder, isPacked: boolean): Promise<void> {
  const tar = extract({ allowUnknownFormat: true });
  const source = createReadStream(archive);
  const fed = isPacked ? pipeline(source, createGunzip(), tar) : pipeline(source, tar);
  fed.catch(() => undefined); // reported by the loop, which reads the same stream
  try {
    await unpackTar(tar, target);
    await fed;
  } catch (error) {
    throw asFault(error, 'the tar archive is damaged or was cut short');
  } finally {
    source.destroy();
  }
}

async function unpackTar(tar: Extract, target: TargetFolder): Promise<void> {
  for await (const entry of tar) {
    const { name, type, size = 0 } = entry.header;
    const path = name.replace(/^(?:\.\/)+/, '').replace(/\/$/, '');
    if (type === 'directory') {
      if (path !== '' && path !== '.') target.addFolder(path);
      entry.resume();
    } else if (type === 'file' || type === 'contiguous-file')
      // Not the entry itself: a pipeline does not see that one of an archive that was cut short is destroyed.
      await target.write(path, size, () => Promise.resolve(Readable.from(entry)));
    else throw notPlain(name);
  }
}

const notPlain = (name: string): DomainError =>
  dataInvalid(`"${name.slice(0, 200)}" is a link or a device; an archive has files and folders only`);

const asFault = (error: unknown, what: string): DomainError =>
  error instanceof DomainError ? error : dataInvalid(`${what}: ${(error as Error).message}`);

async function readStart(path: string, bytes: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

/** A folder that holds everything has no meaning, and paths in a table do not count it. */
async function dropOuterFolder(folder: string): Promise<void> {
  const outer = (await readdir(folder, { withFileTypes: true })).filter(({ name }) => !IGNORED.test(name));
  if (outer.length !== 1 || !outer[0]!.isDirectory()) return;
  const aside = `${folder}.outer`;
  await rename(join(folder, outer[0]!.name), aside);
  // A name that both have is one of the ignored ones.
  for (const name of await readdir(aside))
    if (await isFree(join(folder, name))) await rename(join(aside, name), join(folder, name));
  await rmdir(aside).catch(() => undefined);
}

const isFree = (path: string): Promise<boolean> =>
  stat(path).then(
    () => false,
    () => true,
  );
