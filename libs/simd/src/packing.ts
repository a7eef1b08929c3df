const LANE = 0x03020100;
const NEXT = 0x04040404;
const NOTHING = 0x80808080 | 0;

/**
 * Returns, for every mask of four lanes, [16, 4] int32: the bytes of a swizzle that moves the lanes of the
 * mask to the front and sets the others to 0.
 */
export function packingTable(): Int32Array {
  return Int32Array.from({ length: 64 }, (_, slot) => {
    const lanes = [0, 1, 2, 3].filter((lane) => ((slot >> 2) >> lane) & 1);
    const lane = lanes[slot & 3];
    return lane === undefined ? NOTHING : LANE + lane * NEXT;
  });
}
