/** Fewer values are not worth a table. */
const WORTH = 20_000;
/** Bits that a half float lacks of a float's fraction. */
const LOST_BITS = 13;

/**
 * A byte for every value, from a function of the value alone. Columns travel as half floats, of which there
 * are few: each of their values is computed once, however often it comes.
 */
export function encodeBytes(values: Float32Array, toByte: (value: number) => number): Uint8Array {
  const out = new Uint8Array(values.length);
  if (values.length < WORTH) {
    for (let i = 0; i < out.length; i++) out[i] = toByte(values[i]!);
    return out;
  }
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const known = new Int16Array(1 << (32 - LOST_BITS)).fill(-1);
  const rest = (1 << LOST_BITS) - 1;
  for (let i = 0; i < out.length; i++) {
    const word = bits[i]!;
    if ((word & rest) !== 0) {
      out[i] = toByte(values[i]!);
      continue;
    }
    const at = word >>> LOST_BITS;
    const byte = known[at]!;
    out[i] = byte >= 0 ? byte : (known[at] = toByte(values[i]!));
  }
  return out;
}
