/** Bytes that hold one bit for each of n points. */
export function maskBytes(n: number): number {
  return (n + 7) >> 3;
}

/** True if the point's bit is set. The lowest bit of a byte is first. */
export function hasBit(mask: Uint8Array, point: number): boolean {
  return (((mask[point >> 3] ?? 0) >> (point & 7)) & 1) === 1;
}

/** Sets the point's bit. */
export function setBit(mask: Uint8Array, point: number): void {
  mask[point >> 3]! |= 1 << (point & 7);
}

/** A mask of n points with the bits of these points set. */
export function toMask(points: Iterable<number>, n: number): Uint8Array {
  const mask = new Uint8Array(maskBytes(n));
  for (const point of points) setBit(mask, point);
  return mask;
}

const ONES = Uint8Array.from({ length: 256 }, (_, byte) =>
  [0, 1, 2, 3, 4, 5, 6, 7].reduce((sum, bit) => sum + ((byte >> bit) & 1), 0),
);

/** How many bits are set. */
export function countBits(mask: Uint8Array): number {
  let count = 0;
  for (let i = 0; i < mask.length; i++) count += ONES[mask[i]!]!;
  return count;
}

/** The points whose bits are set, ascending. */
export function toBits(mask: Uint8Array): Uint32Array {
  const points = new Uint32Array(countBits(mask));
  for (let byte = 0, at = 0; byte < mask.length; byte++) {
    for (let rest = mask[byte]!; rest !== 0; rest &= rest - 1)
      points[at++] = byte * 8 + 31 - Math.clz32(rest & -rest);
  }
  return points;
}

/** Whether two masks have the same points; `undefined` equals `undefined` alone. */
export function sameMask(a: Uint8Array | undefined, b: Uint8Array | undefined): boolean {
  return (
    a === b ||
    (a !== undefined && b !== undefined && a.length === b.length && a.every((byte, i) => byte === b[i]))
  );
}

const combined = (a: Uint8Array, b: Uint8Array, combine: (x: number, y: number) => number): Uint8Array =>
  a.map((byte, i) => combine(byte, b[i] ?? 0));

/** Points of both. */
export const bothMasks = (a: Uint8Array, b: Uint8Array): Uint8Array => combined(a, b, (x, y) => x & y);

/** Points of either. */
export const eitherMask = (a: Uint8Array, b: Uint8Array): Uint8Array => combined(a, b, (x, y) => x | y);

/** Points of the first that are not of the second. */
export const withoutMask = (a: Uint8Array, b: Uint8Array): Uint8Array => combined(a, b, (x, y) => x & ~y);
