const DIGITS = 65_536;

/**
 * Returns the rows by rising value, of equal values the earlier row first: a radix sort of the bits, two passes
 * for float32 and four for float64. −0 counts as 0; NaN must be left out before.
 */
export function sortedRows(values: Float32Array | Float64Array): Uint32Array {
  const n = values.length;
  const words = orderedWords(values);
  const passes = values instanceof Float32Array ? 2 : 4;
  let order = new Uint32Array(n);
  for (let row = 0; row < n; row++) order[row] = row;
  let next = new Uint32Array(n);
  const digits = new Uint16Array(n);
  for (let pass = 0; pass < passes; pass++) {
    const word = words[pass >> 1]!;
    const shift = pass % 2 === 0 ? 0 : 16;
    const starts = new Uint32Array(DIGITS + 1);
    for (let row = 0; row < n; row++) {
      const digit = (word[row]! >>> shift) & 0xffff;
      digits[row] = digit;
      starts[digit + 1]!++;
    }
    // A digit that all rows share moves none.
    if (n > 0 && starts[digits[0]! + 1] === n) continue;
    for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1]! += starts[digit]!;
    for (let i = 0; i < n; i++) {
      const row = order[i]!;
      next[starts[digits[row]!]!++] = row;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** The bits as words of 32 bits, the lowest first, flipped so that they have the order of the numbers. */
function orderedWords(values: Float32Array | Float64Array): readonly Uint32Array[] {
  const n = values.length;
  const high = new Uint32Array(n);
  if (values instanceof Float32Array) {
    const bits = new Uint32Array(values.slice().buffer);
    for (let row = 0; row < n; row++) high[row] = flipped(values[row] === 0 ? 0 : bits[row]!);
    return [high];
  }
  const bits = new Uint32Array(values.slice().buffer);
  const low = new Uint32Array(n);
  for (let row = 0; row < n; row++) {
    const top = values[row] === 0 ? 0 : bits[2 * row + 1]!;
    high[row] = flipped(top);
    low[row] = top >>> 31 === 1 ? ~bits[2 * row]! : bits[2 * row]!;
  }
  return [low, high];
}

const flipped = (bits: number): number => (bits >>> 31 === 1 ? ~bits : bits ^ 0x80000000);
