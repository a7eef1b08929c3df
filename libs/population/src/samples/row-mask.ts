/** The rows of a population as DuckDB reads and writes a BIT: one character a row, 1 when it is selected. */
export function formatBits(rows: Int32Array, population: number): string {
  const bits = Buffer.alloc(population, '0');
  for (const row of rows) bits[row] = 0x31;
  return bits.toString('latin1');
}

/** Converts a BIT of DuckDB to a mask of one bit a row, the lowest bit first. */
export function parseBits(bits: string, population: number): Uint8Array {
  const mask = new Uint8Array(Math.ceil(population / 8));
  for (let row = bits.indexOf('1'); row >= 0; row = bits.indexOf('1', row + 1))
    mask[row >> 3]! |= 1 << (row & 7);
  return mask;
}

/** True where the mask has the row. */
export const hasRow = (mask: Uint8Array, row: number): boolean => ((mask[row >> 3]! >> (row & 7)) & 1) === 1;
