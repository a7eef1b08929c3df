import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { DomainError } from '@noema/kernel';
import type { ArchiveLimits } from './archive.limits.js';

const MAX_PATH = 1_024;
const MAX_DEPTH = 32;
const SHOWN = 200;

export const archiveInvalid = (archive: string, why: string, cause?: unknown): DomainError =>
  new DomainError('invalid', 'ARCHIVE_INVALID', `${archive} cannot be unpacked: ${why}`, {
    metadata: { path: archive },
    cause,
  });

/** Writes the files of an archive below a folder, held to its limits: no path leads out or occurs twice. */
export class ArchiveWriter {
  private readonly names = new Set<string>();
  private readonly folders = new Set<string>();
  private entries = 0;
  private bytes = 0;

  constructor(
    private readonly root: string,
    private readonly archive: string,
    private readonly packedBytes: number,
    private readonly limits: ArchiveLimits,
  ) {}

  fault(why: string, cause?: unknown): DomainError {
    return archiveInvalid(this.archive, why, cause);
  }

  async addFolder(name: string): Promise<void> {
    const path = this.require(name);
    if (path !== '') await this.makeFolder(path);
  }

  /** Writes a file. With `expected`, its size and its check sum must be these. */
  async addFile(
    name: string,
    content: Readable,
    expected?: { readonly size: number; readonly crc: number },
  ): Promise<void> {
    const path = this.require(name);
    if (path === '' || this.names.has(path) || this.folders.has(path))
      throw this.fault(`"${shown(name)}" is in it twice`);
    const folder = dirname(path);
    if (folder !== '.') await this.makeFolder(folder);
    this.names.add(path);
    let [size, crc] = [0, 0];
    const count = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        size += chunk.length;
        this.bytes += chunk.length;
        if (expected !== undefined) crc = crc32(chunk, crc);
        const why = this.exceeded();
        if (why === undefined) done(null, chunk);
        else done(this.fault(`${why} with "${shown(name)}"`));
      },
    });
    await pipeline(content, count, createWriteStream(join(this.root, path), { flags: 'wx' }));
    if (expected !== undefined && (expected.size !== size || expected.crc !== crc))
      throw this.fault(`"${shown(name)}" is damaged`);
  }

  /** Refuses a link or a device. */
  refuseKind(name: string): DomainError {
    return this.fault(`"${shown(name)}" is a link or a device; an archive has files and folders only`);
  }

  private exceeded(): string | undefined {
    const { bytes, ratio, ratioFromBytes } = this.limits;
    if (this.bytes > bytes) return `its files have more than ${bytes} bytes`;
    if (this.bytes > ratioFromBytes && this.bytes > ratio * this.packedBytes)
      return `it becomes more than ${ratio} times larger by unpacking`;
    return undefined;
  }

  private async makeFolder(path: string): Promise<void> {
    const parts = path.split('/');
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (this.folders.has(folder)) continue;
      if (this.names.has(folder)) throw this.fault(`"${shown(folder)}" is a file and a folder`);
      await mkdir(join(this.root, folder), { recursive: true });
      this.folders.add(folder);
    }
  }

  /** The path below the root, `''` for the root. Throws for one that leads elsewhere. */
  private require(name: string): string {
    if (++this.entries > this.limits.entries)
      throw this.fault(`it has more than ${this.limits.entries} files and folders`);
    const path = name
      .replace(/^(?:\.\/+)+/, '')
      .replace(/^\.$/, '')
      .replace(/\/+$/, '');
    const parts = path.split('/');
    const isOdd =
      path !== '' &&
      (path.length > MAX_PATH ||
        parts.length > MAX_DEPTH ||
        /[\\\p{Cc}\p{Cs}\ufffd]|^[A-Za-z]:/u.test(path) ||
        parts.some((part) => part === '' || part === '.' || part === '..'));
    if (isOdd)
      throw this.fault(
        `"${shown(name)}" is not a relative path of at most ${MAX_PATH} characters and ${MAX_DEPTH} folders ` +
          'without "." and ".."',
      );
    return path;
  }
}

const shown = (path: string): string => path.slice(0, SHOWN);
