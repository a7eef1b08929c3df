import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipFile {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflated?: boolean;
  readonly claimedSize?: number;
  readonly encrypted?: boolean;
}

/** A zip of the files, as its format says (PKWARE APPNOTE 6.3). */
export function zipped(files: readonly ZipFile[]): Buffer {
  const parts: Buffer[] = [];
  const list: Buffer[] = [];
  let at = 0;
  for (const { name, content, deflated = false, claimedSize = content.length, encrypted = false } of files) {
    const data = deflated ? deflateRawSync(content) : Buffer.from(content);
    const path = Buffer.from(name);
    const common = Buffer.alloc(26);
    [20, encrypted ? 1 : 0, deflated ? 8 : 0].forEach((value, i) => {
      common.writeUInt16LE(value, 2 * i);
    });
    [crc32(content), data.length, claimedSize].forEach((value, i) => {
      common.writeUInt32LE(value, 10 + 4 * i);
    });
    common.writeUInt16LE(path.length, 22);
    const local = Buffer.concat([Buffer.from([0x50, 0x4b, 3, 4]), common, path, data]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    list.push(Buffer.concat([Buffer.from([0x50, 0x4b, 1, 2, 20, 0]), common, rest, path]));
    parts.push(local);
    at += local.length;
  }
  const end = Buffer.alloc(18);
  const central = Buffer.concat(list);
  end.writeUInt16LE(files.length, 4);
  end.writeUInt16LE(files.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(at, 12);
  return Buffer.concat([...parts, central, Buffer.from([0x50, 0x4b, 5, 6]), end]);
}
