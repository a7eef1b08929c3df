/** Range of a numeric column. */
export interface Extent {
  readonly low: number;
  readonly high: number;
  /** Smallest number above 0; 0 for none. */
  readonly positive: number;
  readonly missing: number;
}

const extents = new WeakMap<Float32Array, Extent>();

/** Finds the extent of numbers, once for an array that does not change; 0 to 1 when there are none. */
export function findExtent(values: Float32Array): Extent {
  const known = extents.get(values) ?? measure(values);
  extents.set(values, known);
  return known;
}

function measure(values: Float32Array): Extent {
  let [low, high, positive, missing] = [Infinity, -Infinity, Infinity, 0];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) {
      missing++;
      continue;
    }
    if (value < low) low = value;
    if (value > high) high = value;
    if (value > 0 && value < positive) positive = value;
  }
  return low > high
    ? { low: 0, high: 1, positive: 0, missing }
    : { low, high, positive: Number.isFinite(positive) ? positive : 0, missing };
}
