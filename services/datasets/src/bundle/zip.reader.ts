import { unpackEntry, zipEntries } from '@noema/kernel/zip';
import type { ArchiveSink } from './bundle.files.js';

const [FILE, FOLDER] = [0o100000, 0o040000];

/**
 * Reads a zip archive into `into`: stored and deflated files; no links, no encryption. Throws the
 * fault of the sink.
 */
export async function readZip(zip: Buffer, into: ArchiveSink): Promise<void> {
  for await (const entry of zipEntries(zip, into.fault)) {
    const { name, type, size } = entry;
    if (type !== 0 && type !== FILE && type !== FOLDER)
      throw into.fault(
        `"${name.slice(0, 200)}" is a link or a device; an archive has files and folders only`,
      );
    if (name.endsWith('/')) {
      into.addFolder(name.slice(0, -1));
      continue;
    }
    into.reserve(name, size);
    await into.add(name, await unpackEntry(entry, into.fault));
  }
}
