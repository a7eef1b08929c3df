import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { PassThrough, Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createGunzip } from 'node:zlib';
import { DomainError } from '@noema/kernel';
import { type ArchiveCaps, ArchivePaths } from '@noema/kernel/archive-paths';
import { storedZipEntries } from '@noema/kernel/zip';
import { type Extract, extract } from 'tar-stream';

export type { ArchiveCaps } from '@noema/kernel/archive-paths';

const [FILE, FOLDER] = [0o100000, 0o040000];
const TAR_MAGIC = 257;

/** Size of a file by its archive; only a zip has the checksum. */
interface Claim {
  readonly size: number;
  readonly crc?: number;
}

/**
 * Unpacks a zip (also with a Zip64 directory), a tar (ustar, PAX or GNU) or a tar.gz into a folder, one
 * file at a time, a part of it in memory. Times, owners and modes are not kept. Returns the number of files, and
 * their bytes. Throws what `caps.fault` makes of the words for links, devices, paths that lead elsewhere, damaged
 * archives and those above the caps; what was written until then stays.
 */
export async function unpackFiles(
  archive: string,
  folder: string,
  caps: ArchiveCaps,
): Promise<{ readonly files: number; readonly bytes: number }> {
  const { size } = await stat(archive);
  await mkdir(folder, { mode: 0o755, recursive: true });
  const target = new TargetFolder(folder, new ArchivePaths(size, caps));
  const magic = await readStart(archive, TAR_MAGIC + 5);
  if (magic.startsWith('PK')) await unzip(archive, target);
  else if (magic.startsWith('\x1f\x8b')) await untar(archive, target, true);
  else if (magic.startsWith('ustar', TAR_MAGIC)) await untar(archive, target, false);
  else throw caps.fault('it is neither a zip, nor a tar, nor a tar.gz');
  if (target.paths.fileCount === 0) throw caps.fault('it has no file');
  return { files: target.paths.fileCount, bytes: target.paths.bytes };
}

/** Where the files of an archive go; every path is checked before anything is written. */
class TargetFolder {
  private readonly folders = new Set<string>();

  constructor(
    private readonly root: string,
    readonly paths: ArchivePaths,
  ) {}

  async addFolder(path: string): Promise<void> {
    this.paths.addFolder(path);
    await this.makeFolder(join(this.root, path));
  }

  /** Writes a file. Throws the fault when the stream has not the size and the checksum that the archive claims. */
  async addFile(path: string, claim: Claim, open: () => Promise<Readable>): Promise<void> {
    const { fault } = this.paths;
    this.paths.addFile(path, claim.size);
    await this.makeFolder(dirname(join(this.root, path)));
    let [size, crc] = [0, 0];
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        size += chunk.length;
        if (claim.crc !== undefined) crc = crc32(chunk, crc);
        if (size > claim.size) done(fault(`"${shown(path)}" is larger than the archive says`));
        else done(null, chunk);
      },
    });
    try {
      await pipeline(await open(), count, createWriteStream(join(this.root, path), { flags: 'wx' }));
    } catch (error) {
      throw toFault(error, fault, `"${shown(path)}" cannot be unpacked`);
    }
    if (size !== claim.size || crc !== (claim.crc ?? 0))
      throw fault(`"${shown(path)}" is damaged: it has ${size} bytes of ${claim.size}, or others`);
  }

  private async makeFolder(folder: string): Promise<void> {
    if (!this.folders.has(folder)) await mkdir(folder, { recursive: true });
    this.folders.add(folder);
  }
}

async function unzip(archive: string, target: TargetFolder): Promise<void> {
  for await (const entry of storedZipEntries(archive, target.paths.fault)) {
    if (entry.type !== 0 && entry.type !== FILE && entry.type !== FOLDER) throw notPlain(target, entry.name);
    if (entry.name.endsWith('/')) await target.addFolder(entry.name.slice(0, -1));
    else await target.addFile(entry.name, entry, entry.stream);
  }
}

async function untar(archive: string, target: TargetFolder, isPacked: boolean): Promise<void> {
  const tar = extract({ allowUnknownFormat: false });
  const source = createReadStream(archive);
  const fed = pipeline(source, isPacked ? createGunzip() : new PassThrough(), tar);
  fed.catch(() => undefined); // reported by the loop, which reads the same stream
  try {
    await unpackTar(tar, target);
    await fed;
  } catch (error) {
    throw toFault(error, target.paths.fault, 'it is damaged, or cut off');
  } finally {
    source.destroy();
  }
}

async function unpackTar(tar: Extract, target: TargetFolder): Promise<void> {
  for await (const entry of tar) {
    const { name, type, size = 0 } = entry.header;
    const path = name.replace(/^(?:\.\/+)+/, '').replace(/\/$/, '');
    if (type === 'directory') {
      if (path !== '' && path !== '.') await target.addFolder(path);
      entry.resume();
    } else if (type === 'file' || type === 'contiguous-file')
      // Not the entry itself: a pipeline does not see that one of an archive that was cut off is destroyed.
      await target.addFile(path, { size }, () => Promise.resolve(Readable.from(entry)));
    else throw notPlain(target, name);
  }
}

const notPlain = (target: TargetFolder, name: string): Error =>
  target.paths.fault(`"${shown(name)}" is a link or a device; an archive has files and folders only`);

const toFault = (error: unknown, fault: ArchiveCaps['fault'], what: string): Error =>
  error instanceof DomainError ? error : fault(`${what} (${(error as Error).message})`);

async function readStart(path: string, bytes: number): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(bytes), 0, bytes, 0);
    return buffer.toString('latin1', 0, bytesRead);
  } finally {
    await file.close();
  }
}

const shown = (path: string): string => path.slice(0, 200);
