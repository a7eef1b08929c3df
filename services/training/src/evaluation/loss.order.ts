const DIGITS = 65_536;

/**
 * Rows with a loss by falling loss, equal ones by row; then the rows without, by row. A radix sort of the
 * bits: a million rows take milliseconds.
 */
export function rowsByLoss(loss: Float32Array, hasLoss: Uint8Array): Uint32Array {
  const rows = loss.length;
  const bits = new Uint32Array(loss.slice().buffer);
  const keys = new Uint32Array(rows);
  // As IEEE 754 numbers fall, these rise: negative ones have their bits as they are, positive ones and −0
  // turned round.
  for (let row = 0; row < rows; row++)
    keys[row] = bits[row]! > 0x8000_0000 ? bits[row]! : 0x7fff_ffff - (bits[row]! & 0x7fff_ffff);
  let order = new Uint32Array(rows);
  let count = 0;
  let end = rows;
  for (let row = 0; row < rows; row++) if (hasLoss[row] === 1) order[count++] = row;
  for (let row = rows - 1; row >= 0; row--) if (hasLoss[row] !== 1) order[--end] = row;
  for (const shift of [0, 16]) order = byDigit(order, count, (row) => (keys[row]! >>> shift) & 0xffff);
  return order;
}

/** The first `count` rows by a digit of theirs, equal ones as they were; the others stay. */
function byDigit(
  order: Uint32Array<ArrayBuffer>,
  count: number,
  digitOf: (row: number) => number,
): Uint32Array<ArrayBuffer> {
  const starts = new Uint32Array(DIGITS + 1);
  for (let i = 0; i < count; i++) starts[digitOf(order[i]!) + 1]!++;
  for (let digit = 0; digit < DIGITS; digit++) starts[digit + 1]! += starts[digit]!;
  const sorted = order.slice();
  for (let i = 0; i < count; i++) sorted[starts[digitOf(order[i]!)]!++] = order[i]!;
  return sorted;
}
