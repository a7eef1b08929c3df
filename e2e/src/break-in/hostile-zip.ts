import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipEntry {
  readonly name: string;
  readonly content: Buffer;
  /** Size that the archive declares; the true one when left out. */
  readonly told?: number;
  /** Mode of the file, with its type, as unix writes it. */
  readonly mode?: number;
}

/**
 * A zip archive that need not be honest. With `overlap` all entries of the list share the bytes of the first
 * (Fifield, A better zip bomb, 2019).
 */
export function hostileZip(entries: readonly ZipEntry[], { overlap = false } = {}): Buffer {
  const [bodies, list]: [Buffer[], Buffer[]] = [[], []];
  let at = 0;
  for (const [n, { name, content, told = content.length, mode = 0o100644 }] of entries.entries()) {
    const [title, packed] = [Buffer.from(name), deflateRawSync(content, { level: 9 })];
    const [local, central] = [Buffer.alloc(30), Buffer.alloc(46)];
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(title.length, 26);
    central.writeUInt32LE(0x02014b50, 0);
    central.writeUInt8(3, 5);
    central.writeUInt16LE(8, 10);
    central.writeUInt32LE(crc32(content), 16);
    central.writeUInt32LE(packed.length, 20);
    central.writeUInt32LE(told, 24);
    central.writeUInt16LE(title.length, 28);
    central.writeUInt32LE(mode * 65_536, 38);
    central.writeUInt32LE(overlap ? 0 : at, 42);
    list.push(central, title);
    if (overlap && n > 0) continue;
    bodies.push(local, title, packed);
    at += 30 + title.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(Buffer.concat(list).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...bodies, ...list, end]);
}
