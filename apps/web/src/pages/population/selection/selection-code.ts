import { createMask } from '../points/bit-mask.js';

/** Decodes the bitmap of `count` rows; returns `undefined` for an invalid text. */
export function decodeRows(text: string, count: number): Uint8Array | undefined {
  const bytes = fromBase64(text.slice(1));
  if (bytes === undefined) return undefined;
  const bitmap = createMask(count);
  if (text.startsWith('b')) {
    bitmap.set(bytes.subarray(0, bitmap.length));
    return bitmap;
  }
  if (!text.startsWith('d')) return undefined;
  let [row, gap, shift] = [-1, 0, 0];
  for (const byte of bytes) {
    gap += (byte & 127) * 2 ** shift;
    shift += 7;
    if ((byte & 128) !== 0) continue;
    row += gap + 1;
    if (row >= count) return undefined;
    bitmap[row >> 3] = bitmap[row >> 3]! | (1 << (row & 7));
    [gap, shift] = [0, 0];
  }
  return bitmap;
}

/** Decodes the bytes of such a text; returns `undefined` for an invalid text. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text)) return undefined;
  try {
    return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (c) => c.charCodeAt(0));
  } catch {
    return undefined;
  }
}
