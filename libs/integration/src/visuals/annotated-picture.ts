/**
 * Annotations of a picture, stored in the PNG file itself as JSON in a private chunk (ISO/IEC 15948, 5.4), so
 * that every viewer of pictures shows an annotated one too.
 */
const CHUNK = [0x6e, 0x6f, 0x4d, 0x61] as const; // "noMa": ancillary, private, safe to copy
const SIGNATURE_BYTES = 8;
/** Length and type before the contents of a chunk, and the checksum after them. */
const CHUNK_BYTES = 12;
const HEADER_END = SIGNATURE_BYTES + CHUNK_BYTES + 13;

/** Width and height of a picture in pixels. */
export interface PictureSize {
  readonly width: number;
  readonly height: number;
}

/** Returns the size that the header of a PNG file states. */
export function pictureSize(png: Uint8Array): PictureSize {
  const view = toView(png);
  return { width: view.getUint32(16), height: view.getUint32(20) };
}

/** Returns the PNG file with the value as JSON behind its header. */
export function annotatePicture(png: Uint8Array, value: object): Uint8Array {
  const body = new TextEncoder().encode(JSON.stringify(value));
  const file = new Uint8Array(png.length + CHUNK_BYTES + body.length);
  file.set(png.subarray(0, HEADER_END));
  const view = toView(file);
  view.setUint32(HEADER_END, body.length);
  file.set(CHUNK, HEADER_END + 4);
  file.set(body, HEADER_END + 8);
  view.setUint32(
    HEADER_END + 8 + body.length,
    crc32(file.subarray(HEADER_END + 4, HEADER_END + 8 + body.length)),
  );
  file.set(png.subarray(HEADER_END), HEADER_END + CHUNK_BYTES + body.length);
  return file;
}

/** Returns the JSON text of the annotations of a PNG file; `undefined` for a file without them. */
export function readAnnotation(png: Uint8Array): string | undefined {
  const view = toView(png);
  for (let at = SIGNATURE_BYTES; at + CHUNK_BYTES <= png.length; ) {
    const length = view.getUint32(at);
    const end = at + 8 + length;
    if (end + 4 > png.length) return undefined;
    if (CHUNK.every((byte, i) => png[at + 4 + i] === byte))
      return view.getUint32(end) === crc32(png.subarray(at + 4, end))
        ? new TextDecoder().decode(png.subarray(at + 8, end))
        : undefined;
    at = end + 4;
  }
  return undefined;
}

const toView = (bytes: Uint8Array): DataView =>
  new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** CRC-32 of ISO 3309, which a browser does not offer. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (0xedb88320 & -(crc & 1));
  }
  return ~crc >>> 0;
}
