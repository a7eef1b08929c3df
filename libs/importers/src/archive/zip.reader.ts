import { crc32, inflateRawSync } from 'node:zlib';
import { fileInvalid } from '../import.errors.js';

const LOCAL = 0x04034b50, CENTRAL = 0x02014b50, END = 0x06054b50;
const END_BYTES = 22, MAX_COMMENT = 65_535;
/** What an archive may hold: files, and bytes of all of them unpacked. */
const MOST_FILES = 200, MOST_BYTES = 2 ** 30;

interface Entry { readonly name: string; readonly method: number; readonly crc: number; readonly packed: number; readonly size: number; readonly at: number }

/** True for bytes that begin as a zip with a file of that name among them. */
export const isZipWith = (bytes: Uint8Array, name: string): boolean => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
  return buffer.length >= END_BYTES && buffer.readUInt32LE() === LOCAL && buffer.includes(name);
};

/**
 * The files of a zip by their names, unpacked when they are asked for. Throws `invalid` MODEL_FILE_INVALID for what is cut, encrypted, larger than 4 GiB, damaged, leads out of the
 * archive, is there twice, or unpacks to more than 1 GiB in all.
 */
export class ZipReader {
  private readonly entries = new Map<string, Entry>();
  private readonly bytes: Buffer;

  constructor(bytes: Uint8Array) {
    this.bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    let total = 0;
    for (const entry of this.list()) {
      if (entry.name.startsWith('/') || entry.name.includes('\\') || entry.name.split('/').includes('..')) throw fileInvalid(`the archive has "${entry.name.slice(0, 100)}", which leads out of it`);
      if (this.entries.has(entry.name)) throw fileInvalid(`the archive has "${entry.name.slice(0, 100)}" twice`);
      if ((total += entry.size) > MOST_BYTES) throw fileInvalid(`the archive unpacks to more than ${MOST_BYTES} bytes`);
      this.entries.set(entry.name, entry);
    }
  }

  names(): string[] {
    return [...this.entries.keys()];
  }

  /** One file unpacked. Throws as the constructor does, also when there is none. */
  read(name: string): Buffer {
    const entry = this.entries.get(name);
    if (entry === undefined) throw fileInvalid(`the archive has no "${name.slice(0, 100)}"; it has ${this.names().slice(0, 20).join(', ').slice(0, 500)}`);
    const { method, packed, size, crc } = entry, data = this.dataOf(entry);
    const found = this.checked(() => (method === 0 ? data : method === 8 ? inflateRawSync(data, { maxOutputLength: Math.max(1, size) }) : undefined));
    if (found?.length !== size || crc32(found) !== crc) throw fileInvalid(`"${name.slice(0, 100)}" of the archive (${packed} bytes) cannot be unpacked`);
    return found;
  }

  private *list(): Generator<Entry> {
    const { bytes } = this;
    const end = bytes.subarray(Math.max(0, bytes.length - END_BYTES - MAX_COMMENT)).lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]));
    const at = end + Math.max(0, bytes.length - END_BYTES - MAX_COMMENT);
    if (end < 0 || at + END_BYTES > bytes.length || bytes.readUInt32LE(at) !== END) throw fileInvalid('the archive is cut off');
    const count = bytes.readUInt16LE(at + 10);
    if (count > MOST_FILES) throw fileInvalid(`the archive has ${count} files, and ${MOST_FILES} are taken`);
    for (let i = 0, from = bytes.readUInt32LE(at + 16); i < count; i++) {
      const entry = this.checked(() => this.entryAt(from));
      if (entry === undefined) throw fileInvalid('the list of files in the archive is broken');
      from = entry.next;
      if (!entry.name.endsWith('/')) yield entry;
    }
  }

  private entryAt(from: number): (Entry & { readonly next: number }) | undefined {
    const { bytes } = this;
    if (bytes.readUInt32LE(from) !== CENTRAL) return undefined;
    const [flags, nameBytes, extra, comment] = [8, 28, 30, 32].map((offset) => bytes.readUInt16LE(from + offset)) as [number, number, number, number];
    const name = bytes.toString('utf8', from + 46, from + 46 + nameBytes);
    if ((flags & 1) !== 0) throw fileInvalid(`"${name.slice(0, 100)}" of the archive is encrypted`);
    return { name, method: bytes.readUInt16LE(from + 10), crc: bytes.readUInt32LE(from + 16), packed: bytes.readUInt32LE(from + 20), size: bytes.readUInt32LE(from + 24), at: bytes.readUInt32LE(from + 42), next: from + 46 + nameBytes + extra + comment };
  }

  private dataOf({ name, at, packed }: Entry): Buffer {
    const head = this.checked(() => (this.bytes.readUInt32LE(at) === LOCAL ? at + 30 + this.bytes.readUInt16LE(at + 26) + this.bytes.readUInt16LE(at + 28) : undefined));
    if (head === undefined || head + packed > this.bytes.length) throw fileInvalid(`"${name.slice(0, 100)}" of the archive is cut off`);
    return this.bytes.subarray(head, head + packed);
  }

  /** `undefined` where the bytes lead out of the archive or do not unpack. */
  private checked<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch (error) {
      if (error instanceof RangeError || (error instanceof Error && 'errno' in error)) return undefined;
      throw error;
    }
  }
}
