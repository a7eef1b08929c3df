import { isRelativePath } from './relative-path.js';

const MAX_PATH = 1_024;
const MAX_DEPTH = 32;

/** Limits of the files of an archive, and the error above them. */
export interface ArchiveCaps {
  /** Bytes of all files, unpacked. */
  readonly unpackedBytes: number;
  /** Files and folders. */
  readonly entries: number;
  /** How many times larger the archive may become by unpacking, once it is beyond `ratioFromBytes`. */
  readonly ratio: number;
  readonly ratioFromBytes: number;
  readonly fault: (why: string) => Error;
  /** Advice above the limits, as the end of a sentence. */
  readonly advice?: string;
}

/**
 * Paths of an archive, held to its caps: each path is relative, occurs once, and leads nowhere else. Nothing is
 * written.
 */
export class ArchivePaths {
  private readonly names = new Set<string>();
  private readonly folders = new Set<string>();
  private counted = 0;
  private unpacked = 0;

  constructor(
    private readonly packedBytes: number,
    private readonly caps: ArchiveCaps,
  ) {}

  get fault(): ArchiveCaps['fault'] {
    return this.caps.fault;
  }

  /** Files and folders up to now. */
  get entries(): number {
    return this.counted;
  }

  /** Files up to now. */
  get fileCount(): number {
    return this.names.size;
  }

  /** Bytes of all files up to now. */
  get bytes(): number {
    return this.unpacked;
  }

  /** Bytes that are left for an entry. Throws the fault where these are fewer than it says. */
  reserve(path: string, sizeBytes: number): number {
    const left = this.caps.unpackedBytes - this.unpacked;
    if (sizeBytes > left)
      throw this.exceeded(`its files have more than ${this.caps.unpackedBytes} bytes with "${shown(path)}"`);
    return left;
  }

  addFile(path: string, sizeBytes: number): void {
    const { ratio, ratioFromBytes } = this.caps;
    this.count(path);
    this.reserve(path, sizeBytes);
    this.unpacked += sizeBytes;
    if (this.unpacked > ratioFromBytes && this.unpacked > ratio * this.packedBytes)
      throw this.fault(`it becomes more than ${ratio} times larger by unpacking with "${shown(path)}"`);
    if (this.names.has(path) || this.folders.has(path)) throw this.fault(`"${shown(path)}" is in it twice`);
    this.addFolders(path, path.split('/').slice(0, -1));
    this.names.add(path);
  }

  addFolder(path: string): void {
    this.count(path);
    this.addFolders(path, path.split('/'));
  }

  private addFolders(path: string, parts: readonly string[]): void {
    for (let depth = 1; depth <= parts.length; depth++) {
      const folder = parts.slice(0, depth).join('/');
      if (this.names.has(folder))
        throw this.fault(`"${shown(folder)}" is a file and, with "${shown(path)}", a folder`);
      this.folders.add(folder);
    }
  }

  private exceeded(why: string): Error {
    const { advice } = this.caps;
    return this.fault(advice === undefined ? why : `${why}; ${advice}`);
  }

  private count(path: string): void {
    if (++this.counted > this.caps.entries)
      throw this.exceeded(`it has more than ${this.caps.entries} files and folders`);
    const isOdd =
      path.length > MAX_PATH ||
      path.split('/').length > MAX_DEPTH ||
      /[\p{Cs}\ufffd]|^[A-Za-z]:/u.test(path) ||
      !isRelativePath(path);
    if (isOdd)
      throw this.fault(
        `"${shown(path)}" is no relative path; use at most ${MAX_PATH} characters and ${MAX_DEPTH} folders, "/" ` +
          'between them, and neither "." nor ".."',
      );
  }
}

const shown = (path: string): string => path.slice(0, 200);
