/** Longest text that still fits into an address. */
export const MAX_LENGTH = 6_000;

/**
 * A bitmap of rows as a short text for an address: `b` and the bits, or `d` and the gaps between rows,
 * whichever is shorter; `undefined` when both are too long.
 */
export function encodeRows(bitmap: Uint8Array): string | undefined {
  let end = bitmap.length;
  while (end > 0 && bitmap[end - 1] === 0) end--;
  const bits = bitmap.subarray(0, end);
  const gaps = encodeGaps(bits, Math.ceil((MAX_LENGTH / 4) * 3));
  const best =
    gaps !== undefined && gaps.length < bits.length
      ? `d${toBase64(gaps)}`
      : (bits.length * 4) / 3 > MAX_LENGTH
        ? undefined
        : `b${toBase64(bits)}`;
  return best !== undefined && best.length <= MAX_LENGTH ? best : undefined;
}

/** Rows of `count` as the text of `encodeRows`. */
export function encodeRowList(rows: Uint32Array, count: number): string | undefined {
  const bitmap = new Uint8Array(Math.ceil(count / 8));
  for (const row of rows) bitmap[row >> 3] = bitmap[row >> 3]! | (1 << (row & 7));
  return encodeRows(bitmap);
}

/**
 * Gaps between the rows that are in, as variable-length numbers; `undefined` when they take more than `most`
 * bytes.
 */
function encodeGaps(bits: Uint8Array, most: number): Uint8Array | undefined {
  const out: number[] = [];
  let last = -1;
  for (let row = 0; row < bits.length * 8; row++) {
    if ((bits[row >> 3]! & (1 << (row & 7))) === 0) continue;
    let gap = row - last - 1;
    last = row;
    while (gap > 127) {
      out.push((gap & 127) | 128);
      gap >>>= 7;
    }
    out.push(gap);
    if (out.length > most) return undefined;
  }
  return Uint8Array.from(out);
}

/** Bytes as text that needs no escapes in an address. */
export function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}
