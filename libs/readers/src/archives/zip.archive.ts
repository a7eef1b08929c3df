import { storedZipEntries } from '@noema/kernel/zip';
import type { ArchiveWriter } from './archive.writer.js';

const LINK_TYPES = new Set([0o120000, 0o010000, 0o020000, 0o060000, 0o140000]);

/** Unpacks a zip archive, also one with a Zip64 directory. Throws what the writer throws. */
export async function unpackZip(path: string, writer: ArchiveWriter): Promise<void> {
  for await (const entry of storedZipEntries(path, (what) => writer.fault(what))) {
    if (LINK_TYPES.has(entry.type)) throw writer.refuseKind(entry.name);
    if (entry.name.endsWith('/')) await writer.addFolder(entry.name);
    else await writer.addFile(entry.name, await entry.stream(), entry);
  }
}
