/** Magic number of a frame, and the parts of its flags (LZ4 frame format 1.6.4). */
const MAGIC = 0x184d2204;
const VERSION = 0b01;
const HAS_BLOCK_CHECKSUM = 0x10;
const HAS_CONTENT_SIZE = 0x08;
const HAS_DICTIONARY = 0x01;
const IS_PLAIN = 0x8000_0000;
const MIN_MATCH = 4;
const RUN = 15;

/**
 * Decompresses an LZ4 frame to at most `limit` bytes. The checksums of a frame are not verified. Throws an `Error`
 * that names the fault.
 */
export function decodeLz4(frame: Uint8Array, limit: number): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 11 || view.getUint32(0, true) !== MAGIC) throw new Error('no LZ4 frame');
  const flags = frame[4]!;
  if (flags >> 6 !== VERSION || (flags & HAS_DICTIONARY) !== 0)
    throw new Error(`an LZ4 frame with the flags ${flags}, which are not read`);
  const hasSize = (flags & HAS_CONTENT_SIZE) !== 0;
  // a byte stands for at most 255; a frame that states more is damaged
  const expected = hasSize ? Number(view.getBigUint64(6, true)) : 4 * frame.length;
  const output = new Output(limit, Math.min(expected, 255 * frame.length));
  let at = hasSize ? 15 : 7;
  for (;;) {
    if (at + 4 > frame.length) throw new Error('an LZ4 frame without an end');
    const head = view.getUint32(at, true);
    at += 4;
    if (head === 0) {
      const bytes = output.take();
      if (hasSize && bytes.length !== expected)
        throw new Error(`an LZ4 frame of ${bytes.length} bytes that states ${expected}`);
      return bytes;
    }
    const length = head & ~IS_PLAIN;
    if (at + length > frame.length) throw new Error('an LZ4 frame that ends within a block');
    const block = frame.subarray(at, at + length);
    if (head >= IS_PLAIN) output.append(block, 0, length);
    else decodeBlock(block, output);
    at += length + ((flags & HAS_BLOCK_CHECKSUM) === 0 ? 0 : 4);
  }
}

/** Literals and copies of what was written before, by turns; a block may refer to the blocks before it. */
function decodeBlock(block: Uint8Array, output: Output): void {
  let at = 0;
  const readLength = (short: number): number => {
    let length = short;
    if (short === RUN)
      for (let more = 255; more === 255; length += more) {
        more = block[at++] ?? NaN;
        if (Number.isNaN(more)) throw new Error('an LZ4 block that ends within a length');
      }
    return length;
  };
  while (at < block.length) {
    const token = block[at++]!;
    const literals = readLength(token >> 4);
    if (at + literals > block.length) throw new Error('an LZ4 block that ends within its literals');
    output.append(block, at, at + literals);
    at += literals;
    // the last sequence has no copy
    if (at === block.length) return;
    if (at + 2 > block.length) throw new Error('an LZ4 block that ends within an offset');
    const offset = block[at]! | (block[at + 1]! << 8);
    at += 2;
    output.repeat(offset, readLength(token & RUN) + MIN_MATCH);
  }
}

/** Bytes that grow up to a limit. */
class Output {
  private bytes: Uint8Array;
  private length = 0;

  constructor(
    private readonly limit: number,
    expected: number,
  ) {
    this.bytes = new Uint8Array(Math.min(limit, expected));
  }

  append(from: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    this.bytes.set(from.subarray(start, end), this.length);
    this.length += end - start;
  }

  /** Copies bytes from `offset` before the end; a copy may overlap what it writes. */
  repeat(offset: number, length: number): void {
    if (offset === 0 || offset > this.length) throw new Error(`an LZ4 block with the offset ${offset}`);
    this.reserve(length);
    const { bytes } = this;
    let at = this.length;
    if (offset >= length) bytes.copyWithin(at, at - offset, at - offset + length);
    else for (const end = at + length; at < end; at++) bytes[at] = bytes[at - offset]!;
    this.length += length;
  }

  take(): Uint8Array {
    return this.bytes.subarray(0, this.length);
  }

  private reserve(more: number): void {
    const needed = this.length + more;
    if (needed > this.limit) throw new Error(`more than ${this.limit} bytes when decompressed`);
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.min(this.limit, Math.max(needed, 2 * this.bytes.length)));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }
}
