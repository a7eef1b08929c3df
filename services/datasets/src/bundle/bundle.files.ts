import { DomainError } from '@noema/kernel';
import { MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_FROM_BYTES } from './bundle.limits.js';

export const bundleInvalid = (why: string): DomainError =>
  new DomainError('invalid', 'BUNDLE_INVALID', `the bundle cannot be used: ${why}`, {
    violations: [{ field: 'content', description: why }],
  });

const MAX_PATH = 512;
const MAX_DEPTH = 32;

/** Files of a bundle by path, held to its caps; each path is relative, there once, and leads nowhere else. */
export class BundleFiles {
  readonly files = new Map<string, Buffer>();
  private readonly folders = new Set<string>();
  private entries = 0;
  private bytes = 0;

  constructor(private readonly packedBytes: number) {}

  /** What an entry may still take. Throws `invalid` BUNDLE_INVALID when that is less than it says. */
  reserve(path: string, sizeBytes: number): number {
    const left = MAX_UNPACKED_BYTES - this.bytes;
    if (sizeBytes > left)
      throw bundleInvalid(
        `its files have more than ${MAX_UNPACKED_BYTES} bytes with "${shown(path)}"; leave data and ` +
          'unused packages out',
      );
    return left;
  }

  add(path: string, content: Buffer): void {
    this.count(path);
    this.reserve(path, content.length);
    this.bytes += content.length;
    if (this.bytes > RATIO_FROM_BYTES && this.bytes > MAX_RATIO * this.packedBytes)
      throw bundleInvalid(`it becomes more than ${MAX_RATIO} times larger by unpacking`);
    if (this.files.has(path) || this.folders.has(path))
      throw bundleInvalid(`"${shown(path)}" is in it twice`);
    for (const folder of foldersOf(path)) {
      if (this.files.has(folder)) throw bundleInvalid(`"${shown(folder)}" is a file and a folder`);
      this.folders.add(folder);
    }
    this.files.set(path, content);
  }

  addFolder(path: string): void {
    this.count(path);
    if (this.files.has(path)) throw bundleInvalid(`"${shown(path)}" is a file and a folder`);
    this.folders.add(path);
  }

  private count(path: string): void {
    if (++this.entries > MAX_ENTRIES)
      throw bundleInvalid(
        `it has more than ${MAX_ENTRIES} files and folders; bundle the code into few files`,
      );
    const parts = path.split('/');
    const odd =
      path.length > MAX_PATH ||
      parts.length > MAX_DEPTH ||
      /[\\\p{Cc}\p{Cs}\ufffd]|^[A-Za-z]:/u.test(path) ||
      parts.some((part) => part === '' || part === '.' || part === '..');
    if (odd)
      throw bundleInvalid(
        `"${shown(path)}" is no relative path; use at most ${MAX_PATH} characters, "/" between folders, ` +
          'and neither "." nor ".."',
      );
  }
}

const shown = (path: string): string => path.slice(0, 200);
const foldersOf = (path: string): string[] =>
  path
    .split('/')
    .slice(0, -1)
    .map((_, i, parts) => parts.slice(0, i + 1).join('/'));
