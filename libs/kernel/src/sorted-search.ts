type Sorted = Float32Array | Float64Array;

/** Returns the number of rising values below a value. */
export const countBelow = (rising: Sorted, value: number): number => countWhile(rising, (one) => one < value);

/** Returns the number of rising values up to a value. */
export const countUpTo = (rising: Sorted, value: number): number => countWhile(rising, (one) => one <= value);

/** Returns how many values from the start meet a condition that no later value meets. */
export function countWhile(values: Sorted, meets: (value: number) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (meets(values[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
