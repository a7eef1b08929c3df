import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import { DEFLATED, STORED, zipEntries, type ZipEntry } from '@noema/kernel/zip';
import type { ArchiveSink } from './bundle.files.js';

const inflate = promisify(inflateRaw) as (
  bytes: Uint8Array,
  options: { maxOutputLength: number },
) => Promise<Buffer>;
const [FILE, FOLDER] = [0o100000, 0o040000];

/**
 * Reads a zip archive into `into`: stored and deflated files; no links, no encryption. Throws the
 * fault of the sink.
 */
export async function readZip(zip: Buffer, into: ArchiveSink): Promise<void> {
  for await (const entry of zipEntries(zip, into.fault)) {
    const { name, type, size, crc } = entry;
    if (type !== 0 && type !== FILE && type !== FOLDER)
      throw into.fault(
        `"${name.slice(0, 200)}" is a link or a device; an archive has files and folders only`,
      );
    if (name.endsWith('/')) {
      into.addFolder(name.slice(0, -1));
      continue;
    }
    into.reserve(name, size);
    const content = await contentOf(entry, into.fault);
    if (content.length !== size || crc32(content) !== crc)
      throw into.fault(`"${name.slice(0, 200)}" is damaged`);
    await into.add(name, content);
  }
}

async function contentOf(
  { name, method, size, data }: ZipEntry,
  fault: ArchiveSink['fault'],
): Promise<Buffer> {
  if (method === STORED) return await data();
  if (method !== DEFLATED) throw fault(`"${name.slice(0, 200)}" is packed by method ${method}; use deflate`);
  return inflate(await data(), { maxOutputLength: Math.max(1, size) }).catch(() => {
    throw fault(`"${name.slice(0, 200)}" is damaged, or larger than it says`);
  });
}
