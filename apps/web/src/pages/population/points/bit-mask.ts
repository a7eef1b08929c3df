import { bothMasks, countBits, eitherMask, hasBit, toMask, withoutMask } from '@noema/scatterplot';

export { bothMasks, countBits, eitherMask, hasBit, toMask, withoutMask };

/** A mask has one bit a point, the lowest bit of the first byte first; bits beyond the last point are 0. */
export type BitMask = Uint8Array;

/** A mask of `count` points, all out or all in. */
export function createMask(count: number, on = false): BitMask {
  const mask = new Uint8Array(Math.ceil(count / 8));
  if (on) {
    mask.fill(255);
    if (count % 8 !== 0) mask[mask.length - 1] = (1 << (count % 8)) - 1;
  }
  return mask;
}

/** How a new selection goes with the one that stands: instead of it, added to it or taken from it. */
export function combineMask(
  before: BitMask | undefined,
  now: BitMask,
  mode: 'replace' | 'add' | 'remove',
): BitMask {
  if (before === undefined) return mode === 'remove' ? createMask(now.length * 8) : now;
  return mode === 'replace' ? now : mode === 'add' ? eitherMask(before, now) : withoutMask(before, now);
}

/** The points that are in, rising; at most `limit`. */
export function listPoints(mask: BitMask, limit = Infinity): number[] {
  const points: number[] = [];
  for (let i = 0; i < mask.length && points.length < limit; i++) {
    const byte = mask[i]!;
    if (byte === 0) continue;
    for (let bit = 0; bit < 8 && points.length < limit; bit++)
      if ((byte & (1 << bit)) !== 0) points.push(i * 8 + bit);
  }
  return points;
}

/** The same samples by row, for the API; point p is row p · stride mod count, with a stride below count. */
export function rowBitmap(mask: BitMask, count: number, stride: number): Uint8Array {
  const bitmap = createMask(count);
  for (let point = 0, row = 0; point < count; point++) {
    if ((mask[point >> 3]! & (1 << (point & 7))) !== 0)
      bitmap[row >> 3] = bitmap[row >> 3]! | (1 << (row & 7));
    row += stride;
    if (row >= count) row -= count;
  }
  return bitmap;
}

/** The points of a bitmap of rows. */
export function pointMask(bitmap: Uint8Array, count: number, stride: number): BitMask {
  const mask = createMask(count);
  // Walks the points and looks their rows up, so that no inverse of the stride is needed.
  for (let point = 0, row = 0; point < count; point++) {
    if (row >> 3 < bitmap.length && (bitmap[row >> 3]! & (1 << (row & 7))) !== 0)
      mask[point >> 3] = mask[point >> 3]! | (1 << (point & 7));
    row += stride;
    if (row >= count) row -= count;
  }
  return mask;
}
