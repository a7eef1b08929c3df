import type { Plane } from './warp.js';

/** Returns a square picture: each value is the mean of the area that it covers. */
export function resize(values: Float32Array, height: number, width: number, side: number): Plane {
  if (height === side && width === side) return { side, values };
  const across = new Float32Array(height * side);
  for (let row = 0; row < height; row++)
    for (let column = 0; column < side; column++)
      across[row * side + column] = meanOver(
        values,
        row * width,
        1,
        (column * width) / side,
        ((column + 1) * width) / side,
      );
  const all = new Float32Array(side * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++)
      all[row * side + column] = meanOver(
        across,
        column,
        side,
        (row * height) / side,
        ((row + 1) * height) / side,
      );
  return { side, values: all };
}

/** Mean of a step function from `from` to `to`. */
export function meanOver(
  values: Float32Array,
  offset: number,
  stride: number,
  from: number,
  to: number,
): number {
  let sum = 0;
  for (let at = Math.floor(from); at < to - 1e-9; at++)
    sum += values[offset + at * stride]! * (Math.min(at + 1, to) - Math.max(at, from));
  return sum / (to - from);
}

/** Returns the square as [height, width]; NaN where an area has any. */
export function resizeBack(values: Float32Array, side: number, height: number, width: number): Float32Array {
  if (height === side && width === side) return values;
  return Float32Array.from({ length: height * width }, (_, at) => {
    const [row, column] = [Math.floor(at / width), at % width];
    return values[
      Math.floor(((row + 0.5) * side) / height) * side + Math.floor(((column + 0.5) * side) / width)
    ]!;
  });
}
