import { createHash } from 'node:crypto';
import type { S3Object } from '@noema/artifacts';

const BLOCK = 512;
const MAX_NAME = 100;

/** Bytes of the archive from `from`: given bytes, or bytes of an object. */
interface Segment {
  readonly from: number;
  readonly length: number;
  readonly content: Buffer | S3Object;
}

/** Reads bytes `from` to `to` (exclusive) of an object. */
export type ReadObject = (object: S3Object, from: number, to: number) => Promise<Uint8Array>;

/**
 * A tar archive (POSIX.1-2001) of objects, of which any range can be read without the rest: the same objects give the
 * same bytes.
 */
export class ObjectArchive {
  readonly sizeBytes: number;
  /** Digest of names, sizes and times of the objects. */
  readonly listing: string;
  private readonly segments: readonly Segment[];

  constructor(readonly objects: readonly S3Object[]) {
    const segments: Segment[] = [];
    let at = 0;
    const add = (content: Buffer | S3Object, length: number): void => {
      if (length > 0) segments.push({ from: at, length, content });
      at += length;
    };
    const pad = (length: number): void => {
      const rest = (BLOCK - (length % BLOCK)) % BLOCK;
      add(Buffer.alloc(rest), rest);
    };
    for (const object of objects) {
      const name = Buffer.from(object.path);
      if (name.length > MAX_NAME) {
        const record = paxRecord('path', object.path);
        add(header(Buffer.from('PaxHeader'), record.length, 'x'), BLOCK);
        add(record, record.length);
        pad(record.length);
      }
      add(header(name.subarray(0, MAX_NAME), object.sizeBytes, '0'), BLOCK);
      add(object, object.sizeBytes);
      pad(object.sizeBytes);
    }
    add(Buffer.alloc(2 * BLOCK), 2 * BLOCK);
    this.segments = segments;
    this.sizeBytes = at;
    const digest = createHash('sha256');
    for (const { key, sizeBytes, modifiedAt } of objects)
      digest.update(JSON.stringify([key, sizeBytes, modifiedAt.getTime()]));
    this.listing = digest.digest('hex');
  }

  /** The bytes `from` to `to` (exclusive), at most to the end. */
  async read(from: number, to: number, readObject: ReadObject): Promise<Buffer> {
    const end = Math.min(to, this.sizeBytes);
    const bytes = Buffer.alloc(end - from);
    const first = this.segments.findLastIndex((segment) => segment.from <= from);
    for (const { from: start, length, content } of this.segments.slice(first)) {
      if (start >= end) break;
      const low = Math.max(start, from) - start;
      const high = Math.min(start + length, end) - start;
      const part = Buffer.isBuffer(content)
        ? content.subarray(low, high)
        : await readObject(content, low, high);
      bytes.set(part, start + low - from);
    }
    return bytes;
  }
}

function header(name: Buffer, size: number, type: '0' | 'x'): Buffer {
  const block = Buffer.alloc(BLOCK);
  name.copy(block);
  block.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  block.write(`${size.toString(8).padStart(11, '0')}\0${'0'.repeat(11)}\0        ${type}`, 124, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

/** `27 path=…\n`: the number counts the bytes of the record, its own digits included. */
function paxRecord(key: string, value: string): Buffer {
  const rest = ` ${key}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length = bytes + String(length).length;
  return Buffer.from(`${length}${rest}`);
}
