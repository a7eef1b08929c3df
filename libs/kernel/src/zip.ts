const [END, CENTRAL, LOCAL] = [0x06054b50, 0x02014b50, 0x04034b50];
const [END_BYTES, CENTRAL_BYTES, LOCAL_BYTES] = [22, 46, 30];
const MAX_COMMENT = 0xffff;
const UNIX = 3;
const ANY_TYPE = 0o170000;

/** How the bytes of a file are packed: as they are, or by deflate. */
export const [STORED, DEFLATED] = [0, 8];

/** A file of a zip archive, or a folder, whose name ends with a slash. */
export interface ZipEntry {
  readonly name: string;
  /** Bits of the kind of file where the archive was made on Unix, otherwise 0. */
  readonly type: number;
  readonly method: number;
  readonly crc: number;
  /** Bytes unpacked, as the archive says. */
  readonly size: number;
  /** What is packed; a view of the archive. */
  readonly data: () => Buffer;
}

/**
 * The entries of a zip archive in the order of its list (PKWARE's APPNOTE; no encryption, no Zip64); nothing
 * is unpacked. Throws what `fault` makes of the words for an archive that is cut off, damaged or encrypted.
 */
export function* zipEntries(zip: Buffer, fault: (what: string) => Error): Generator<ZipEntry> {
  const end = endOf(zip, fault);
  let at = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left--) {
    if (at + CENTRAL_BYTES > end || zip.readUInt32LE(at) !== CENTRAL)
      throw fault('the list of files in the archive is damaged');
    const [packed, size, local] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt32LE(at + 24),
      zip.readUInt32LE(at + 42),
    ];
    const [nameBytes, extraBytes, commentBytes] = [
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
    ];
    const name = zip.toString('utf8', at + CENTRAL_BYTES, at + CENTRAL_BYTES + nameBytes);
    if ((zip.readUInt16LE(at + 8) & 1) !== 0)
      throw fault(`"${name.slice(0, 200)}" of the archive is encrypted`);
    yield {
      name,
      size,
      method: zip.readUInt16LE(at + 10),
      crc: zip.readUInt32LE(at + 16),
      type: zip.readUInt8(at + 5) === UNIX ? (zip.readUInt32LE(at + 38) >>> 16) & ANY_TYPE : 0,
      data: () =>
        dataAt(zip, local, packed, (what) => fault(`"${name.slice(0, 200)}" of the archive ${what}`)),
    };
    at += CENTRAL_BYTES + nameBytes + extraBytes + commentBytes;
  }
}

function endOf(zip: Buffer, fault: (what: string) => Error): number {
  for (let at = zip.length - END_BYTES; at >= 0 && at >= zip.length - END_BYTES - MAX_COMMENT; at--) {
    if (zip.readUInt32LE(at) === END && at + END_BYTES + zip.readUInt16LE(at + 20) === zip.length) return at;
  }
  throw fault('the archive is cut off');
}

function dataAt(zip: Buffer, local: number, packed: number, fault: (what: string) => Error): Buffer {
  if (local + LOCAL_BYTES > zip.length || zip.readUInt32LE(local) !== LOCAL)
    throw fault('is not where the list of files says');
  const from = local + LOCAL_BYTES + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  if (from + packed > zip.length) throw fault('is cut off');
  return zip.subarray(from, from + packed);
}
