import { DomainError } from '@noema/kernel';
import { MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_FROM_BYTES } from './bundle.limits.js';

export const bundleInvalid = (why: string): DomainError =>
  new DomainError('invalid', 'BUNDLE_INVALID', `the bundle cannot be used: ${why}`, {
    violations: [{ field: 'content', description: why }],
  });

const MAX_PATH = 512;
const MAX_DEPTH = 32;

/** Limits of the files of an archive, and the error above them. */
export interface ArchiveCaps {
  readonly unpackedBytes: number;
  /** Files and folders. */
  readonly entries: number;
  readonly fault: (why: string) => Error;
}

export const BUNDLE_CAPS: ArchiveCaps = {
  unpackedBytes: MAX_UNPACKED_BYTES,
  entries: MAX_ENTRIES,
  fault: bundleInvalid,
};

/** Paths of an archive, held to its caps; each path is relative, there once, and leads nowhere else. */
export class ArchivePaths {
  private readonly names = new Set<string>();
  private readonly folders = new Set<string>();
  private counted = 0;
  private unpacked = 0;

  constructor(
    private readonly packedBytes: number,
    private readonly caps: ArchiveCaps = BUNDLE_CAPS,
  ) {}

  get fault(): ArchiveCaps['fault'] {
    return this.caps.fault;
  }

  /** Files and folders up to now. */
  get entries(): number {
    return this.counted;
  }

  /** Bytes of all files up to now. */
  get bytes(): number {
    return this.unpacked;
  }

  /** What an entry may still take. Throws the fault when that is less than it says. */
  reserve(path: string, sizeBytes: number): number {
    const left = this.caps.unpackedBytes - this.unpacked;
    if (sizeBytes > left)
      throw this.fault(
        `its files have more than ${this.caps.unpackedBytes} bytes with "${shown(path)}"; leave data and ` +
          'unused packages out',
      );
    return left;
  }

  addFile(path: string, sizeBytes: number): void {
    this.count(path);
    this.reserve(path, sizeBytes);
    this.unpacked += sizeBytes;
    if (this.unpacked > RATIO_FROM_BYTES && this.unpacked > MAX_RATIO * this.packedBytes)
      throw this.fault(`it becomes more than ${MAX_RATIO} times larger by unpacking`);
    if (this.names.has(path) || this.folders.has(path)) throw this.fault(`"${shown(path)}" is in it twice`);
    for (const folder of foldersOf(path)) {
      if (this.names.has(folder)) throw this.fault(`"${shown(folder)}" is a file and a folder`);
      this.folders.add(folder);
    }
    this.names.add(path);
  }

  addFolder(path: string): void {
    this.count(path);
    if (this.names.has(path)) throw this.fault(`"${shown(path)}" is a file and a folder`);
    this.folders.add(path);
  }

  private count(path: string): void {
    if (++this.counted > this.caps.entries)
      throw this.fault(
        `it has more than ${this.caps.entries} files and folders; bundle the code into few files`,
      );
    const parts = path.split('/');
    const odd =
      path.length > MAX_PATH ||
      parts.length > MAX_DEPTH ||
      /[\\\p{Cc}\p{Cs}\ufffd]|^[A-Za-z]:/u.test(path) ||
      parts.some((part) => part === '' || part === '.' || part === '..');
    if (odd)
      throw this.fault(
        `"${shown(path)}" is no relative path; use at most ${MAX_PATH} characters, "/" between folders, ` +
          'and neither "." nor ".."',
      );
  }
}

/** Receives the entries of an archive, in its order. */
export interface ArchiveSink extends Pick<ArchivePaths, 'fault' | 'reserve' | 'addFolder'> {
  add(path: string, content: Buffer): void | Promise<void>;
}

/** Files of a bundle by path, held in memory. */
export class BundleFiles extends ArchivePaths implements ArchiveSink {
  readonly files = new Map<string, Buffer>();

  add(path: string, content: Buffer): void {
    this.addFile(path, content.length);
    this.files.set(path, content);
  }
}

const shown = (path: string): string => path.slice(0, 200);
const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join('/'));
