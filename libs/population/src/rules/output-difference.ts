/**
 * Largest difference between an output that a model gives now and the recorded one, over the largest recorded
 * number, with which the model counts as the recorded one.
 */
export const MAX_DIFFERENCE = 1e-3;

/**
 * The largest difference of two lists of numbers over the largest size of an expected one; infinite where a
 * number is not finite or the lengths differ.
 */
export function findDifference(found: Float32Array, expected: Float32Array): number {
  if (found.length !== expected.length) return Infinity;
  let [most, size] = [0, 0];
  for (const [i, value] of expected.entries()) {
    const off = Math.abs(found[i]! - value);
    if (!Number.isFinite(off)) return Infinity;
    most = Math.max(most, off);
    size = Math.max(size, Math.abs(value));
  }
  return most === 0 ? 0 : most / size;
}
