type Rising = Float32Array | Float64Array;

/** Returns the number of rising values below a value. */
export const countBelow = (rising: Rising, value: number): number => countWhile(rising, (one) => one < value);

/** Returns the number of rising values up to a value. */
export const countUpTo = (rising: Rising, value: number): number => countWhile(rising, (one) => one <= value);

/** Length of the beginning of the values that meet a condition, which no later value meets. */
function countWhile(values: Rising, meets: (value: number) => boolean): number {
  let [low, high] = [0, values.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (meets(values[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}
