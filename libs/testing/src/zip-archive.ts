import { crc32, deflateRawSync } from 'node:zlib';

/** A file of an archive, with what it claims of itself. */
export interface Entry {
  readonly name: string;
  readonly content?: string | Buffer;
  readonly mode?: number;
  readonly flags?: number;
  readonly size?: number;
  readonly crc?: number;
  readonly type?: string;
}

/** A zip archive as tools write it. */
export function zip(entries: readonly Entry[]): Buffer {
  const [local, central]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const { name, content = '', mode = 0o100644, flags = 0, size, crc } of entries) {
    const bytes = Buffer.from(content);
    const title = Buffer.from(name);
    const packed = deflateRawSync(bytes);
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(title.length, 26);
    const entry = Buffer.alloc(46);
    entry.writeUInt32LE(0x02014b50, 0);
    entry.writeUInt8(3, 5);
    entry.writeUInt16LE(flags, 8);
    entry.writeUInt16LE(8, 10);
    entry.writeUInt32LE(crc ?? crc32(bytes), 16);
    entry.writeUInt32LE(packed.length, 20);
    entry.writeUInt32LE(size ?? bytes.length, 24);
    entry.writeUInt16LE(title.length, 28);
    entry.writeUInt32LE(mode * 65_536, 38);
    entry.writeUInt32LE(at, 42);
    local.push(head, title, packed);
    central.push(entry, title);
    at += 30 + title.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...local, ...central, end]);
}
