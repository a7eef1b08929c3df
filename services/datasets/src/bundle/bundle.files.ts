import { DomainError } from '@noema/kernel';
import { type ArchiveCaps, ArchivePaths } from '@noema/kernel/archive-paths';
import { MAX_ENTRIES, MAX_RATIO, MAX_UNPACKED_BYTES, RATIO_FROM_BYTES } from './bundle.limits.js';

export const bundleInvalid = (why: string): DomainError =>
  new DomainError('invalid', 'BUNDLE_INVALID', `the bundle cannot be used: ${why}`, {
    violations: [{ field: 'content', description: why }],
  });

const BUNDLE_CAPS: ArchiveCaps = {
  unpackedBytes: MAX_UNPACKED_BYTES,
  entries: MAX_ENTRIES,
  ratio: MAX_RATIO,
  ratioFromBytes: RATIO_FROM_BYTES,
  fault: bundleInvalid,
  advice: 'bundle the code into few files, and leave data and unused packages out',
};

/** Receives the entries of an archive, in its order. */
export interface ArchiveSink extends Pick<ArchivePaths, 'fault' | 'reserve' | 'addFolder'> {
  add(path: string, content: Buffer): void | Promise<void>;
}

/** Files of a bundle by path, held in memory. */
export class BundleFiles extends ArchivePaths implements ArchiveSink {
  readonly files = new Map<string, Buffer>();

  constructor(packedBytes: number) {
    super(packedBytes, BUNDLE_CAPS);
  }

  add(path: string, content: Buffer): void {
    this.addFile(path, content.length);
    this.files.set(path, content);
  }
}
