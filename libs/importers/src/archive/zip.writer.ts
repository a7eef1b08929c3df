import { crc32 } from 'node:zlib';

/** Sizes of the format without its extension for large files. */
const MAX_BYTES = 2 ** 32 - 1;

/**
 * Writes files into a zip, uncompressed, with the same bytes for the same files (PKWARE APPNOTE 6.3). Throws
 * `RangeError` above 4 GiB.
 */
export function writeZip(
  files: readonly { readonly name: string; readonly content: Uint8Array }[],
): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const { name, content } of files) {
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt32LE(FIRST_DAY, 6);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(at, 10);
    parts.push(signature(3, 4), common, path, content);
    directory.push(signature(1, 2), Buffer.from([20, 0]), common, place, path);
    at += 30 + path.length + content.length;
    if (at > MAX_BYTES) throw new RangeError(`a zip has at most ${MAX_BYTES} bytes`);
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(list.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, list, signature(5, 6), end]);
}

/** 1 January 1980, the first day that the format can state. */
const FIRST_DAY = 0x00210000;

const signature = (a: number, b: number): Buffer => Buffer.from([0x50, 0x4b, a, b]);
