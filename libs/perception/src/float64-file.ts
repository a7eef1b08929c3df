import { DomainError } from '@noema/kernel';

const MAGIC = 'NOEMAF64';

/**
 * Encodes a JSON head and named float64 arrays: magic, length of the head, head, padding to 8, arrays, all
 * little-endian.
 */
export function encodeFloat64File(
  head: unknown,
  arrays: Readonly<Record<string, Float64Array>>,
): Uint8Array<ArrayBuffer> {
  const lengths = Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.length]));
  const text = new TextEncoder().encode(JSON.stringify({ head, lengths }));
  const start = padded(12 + text.length);
  const bytes = new Uint8Array(start + 8 * Object.values(lengths).reduce((sum, length) => sum + length, 0));
  bytes.set(new TextEncoder().encode(MAGIC));
  new DataView(bytes.buffer).setUint32(8, text.length, true);
  bytes.set(text, 12);
  let at = start;
  for (const array of Object.values(arrays)) {
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), at);
    at += array.byteLength;
  }
  return bytes;
}

/**
 * Decodes the head and the arrays. Throws `data-loss` FLOAT64_FILE_DAMAGED if the bytes are not such a file.
 */
export function decodeFloat64File(bytes: Uint8Array): {
  head: unknown;
  arrays: Record<string, Float64Array>;
} {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || new TextDecoder().decode(bytes.subarray(0, 8)) !== MAGIC)
    throw damaged('it does not begin as one');
  const textLength = view.getUint32(8, true);
  if (12 + textLength > bytes.length) throw damaged('its head is cut off');
  const parsed = JSON.parse(new TextDecoder().decode(bytes.subarray(12, 12 + textLength))) as {
    head: unknown;
    lengths: Record<string, number>;
  };
  let at = padded(12 + textLength);
  const arrays: Record<string, Float64Array> = {};
  for (const [name, length] of Object.entries(parsed.lengths)) {
    if (at + 8 * length > bytes.length) throw damaged(`array "${name}" is cut off`);
    arrays[name] = new Float64Array(bytes.slice(at, at + 8 * length).buffer);
    at += 8 * length;
  }
  return { head: parsed.head, arrays };
}

function padded(length: number): number {
  return Math.ceil(length / 8) * 8;
}

function damaged(why: string): DomainError {
  return new DomainError(
    'data-loss',
    'FLOAT64_FILE_DAMAGED',
    `the bytes are no moments or basis file: ${why}; compute it again`,
  );
}
