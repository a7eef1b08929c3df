/**
 * Returns `max` of the rows, in rising order, or all of them if there are no more. The rows with the smallest hash of
 * (seed, row) stay, so that a filter removes points from a drawing without exchanging the others. `rows` rise.
 * O(rows), 4 bytes a row.
 */
export function sampleRows(rows: Uint32Array, max: number, seed: number): Uint32Array {
  if (rows.length <= max) return rows;
  const hashes = Uint32Array.from(rows, (row) => hashRow(row, seed));
  // Counts by the first 16 bits find the place of the last hash that stays; the hashes are distinct.
  const counts = new Uint32Array(1 << 16);
  for (const hash of hashes) counts[hash >>> 16]!++;
  let [bucket, before] = [0, 0];
  while (before + counts[bucket]! < max) before += counts[bucket++]!;
  const last = hashes.filter((hash) => hash >>> 16 === bucket).sort()[max - before - 1]!;
  return rows.filter((_, i) => hashes[i]! <= last);
}

/** A bijection of 32-bit numbers for each seed: the finalizer of SplitMix32 (Steele, Lea & Flood, 2014). */
function hashRow(row: number, seed: number): number {
  let z = (row + Math.imul(seed + 1, 0x9e3779b9)) >>> 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
