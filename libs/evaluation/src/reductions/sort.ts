const RADIX = 65_536;

/**
 * Returns the rows by rising value, of equal values the earlier row first: a radix sort of the bits of float64,
 * 12 bytes a row. −0 counts as 0; NaN must be left out before.
 */
export function sortedRows(values: Float32Array | Float64Array): Uint32Array {
  const n = values.length;
  const bits = new Uint32Array(Float64Array.from(values, (value) => value + 0).buffer);
  let order = Uint32Array.from({ length: n }, (_, row) => row);
  let next = new Uint32Array(n);
  for (let pass = 0; pass < 4; pass++) {
    const counts = new Uint32Array(RADIX + 1);
    const digit = (row: number): number => radixDigit(bits[2 * row]!, bits[2 * row + 1]!, pass);
    for (let row = 0; row < n; row++) counts[digit(row) + 1]!++;
    // A digit that all rows share moves none.
    if (n > 0 && counts[digit(0) + 1] === n) continue;
    for (let value = 0; value < RADIX; value++) counts[value + 1]! += counts[value]!;
    for (let i = 0; i < n; i++) {
      const row = order[i]!;
      next[counts[digit(row)]!++] = row;
    }
    [order, next] = [next, order];
  }
  return order;
}

/** The bits of a float64 as four digits, the lowest first, in an order that is that of the numbers. */
function radixDigit(low: number, high: number, pass: number): number {
  const flip = high >>> 31 === 1 ? 0xffffffff : 0;
  const word = pass < 2 ? low ^ flip : high ^ (flip === 0 ? 0x80000000 : flip);
  return pass % 2 === 0 ? word & 0xffff : word >>> 16;
}
