import { createReadStream } from 'node:fs';
import { PassThrough } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import type { ArchiveWriter } from './archive.writer.js';

/** Unpacks a tar archive (v7, ustar, PAX or GNU names), packed by gzip or not. Throws what the writer throws. */
export async function unpackTar(path: string, isPacked: boolean, writer: ArchiveWriter): Promise<void> {
  const archive = extract({ allowUnknownFormat: false });
  const source = pipeline(
    createReadStream(path),
    isPacked ? createGunzip() : new PassThrough(),
    archive,
  ).catch((error: unknown) => error);
  try {
    for await (const entry of archive) {
      const { name, type } = entry.header;
      if (type === 'file' || type === 'contiguous-file') await writer.addFile(name, entry);
      else if (type === 'directory') {
        await writer.addFolder(name);
        entry.resume();
      } else throw writer.refuseKind(name);
    }
  } finally {
    archive.destroy();
    await source;
  }
}
