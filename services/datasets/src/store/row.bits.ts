/** The rows of a population as DuckDB reads and writes a BIT: one character a row, 1 when it is selected. */
export function bitsOf(rows: Int32Array, population: number): string {
  const bits = Buffer.alloc(population, '0');
  for (const row of rows) bits[row] = 0x31;
  return bits.toString('latin1');
}

/** The same as one bit a row, the lowest bit first. */
export function bitmapOf(bits: string, population: number): Uint8Array {
  const bitmap = new Uint8Array(Math.ceil(population / 8));
  for (let row = bits.indexOf('1'); row >= 0; row = bits.indexOf('1', row + 1))
    bitmap[row >> 3]! |= 1 << (row & 7);
  return bitmap;
}
