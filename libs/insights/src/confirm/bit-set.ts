/** A set of positions below a fixed size, one bit each. */
export type BitSet = Uint32Array;

export const createBitSet = (size: number): BitSet => new Uint32Array((size + 31) >>> 5);

/** Returns the set of some positions. */
export function toBitSet(positions: Iterable<number>, size: number): BitSet {
  const bits = createBitSet(size);
  for (const at of positions) bits[at >>> 5]! |= 1 << (at & 31);
  return bits;
}

/** Returns the number of positions of a set. */
export function countBits(bits: BitSet): number {
  let count = 0;
  for (const word of bits) count += countWord(word);
  return count;
}

/** Returns the number of positions in both sets. */
export function countShared(a: BitSet, b: BitSet): number {
  let count = 0;
  for (let i = 0; i < a.length; i++) count += countWord(a[i]! & b[i]!);
  return count;
}

/** Returns the positions in both sets. */
export const intersect = (a: BitSet, b: BitSet): BitSet => a.map((word, i) => word & b[i]!);

/** Returns the positions of a set, rising. */
export function listBits(bits: BitSet): Int32Array {
  const positions = new Int32Array(countBits(bits));
  let count = 0;
  for (let i = 0; i < bits.length; i++)
    for (let word = bits[i]!; word !== 0; word &= word - 1)
      positions[count++] = (i << 5) + 31 - Math.clz32(word & -word);
  return positions;
}

function countWord(word: number): number {
  let v = word - ((word >>> 1) & 0x55555555);
  v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
  return Math.imul((v + (v >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
