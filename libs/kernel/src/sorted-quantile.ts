/**
 * Returns the value that the given share of rising values does not exceed, by linear interpolation between two of
 * them (type 7 of Hyndman & Fan 1996). Needs one value or more.
 */
export function sortedQuantile(rising: Float32Array | Float64Array, share: number): number {
  const at = share * (rising.length - 1);
  const below = Math.floor(at);
  const low = rising[below]!;
  return low + (at - below) * ((rising[below + 1] ?? low) - low);
}
