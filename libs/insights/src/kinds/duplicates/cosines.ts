import { scaleToLength1 } from './item-sketch.js';
import { findSmallest } from './resample.js';

const FREQUENCIES = 6;
/** Length of a descriptor. */
export const COSINE_WIDTH = FREQUENCIES ** 2 - 1;

/** Cosines of the frequencies 0 to 5 at the middles of the pixels, [6, side]. */
export const createCosines = (side: number): Float32Array =>
  Float32Array.from({ length: FREQUENCIES * side }, (_, at) =>
    Math.cos((Math.PI * Math.floor(at / side) * ((at % side) + 0.5)) / side),
  );

/**
 * Writes the low frequencies of the cosine transform of a picture in a form that flips and quarter turns leave alone,
 * of length 1. A flip changes the sign of odd frequencies, a turn swaps rows and columns.
 */
export function describeCosines(
  view: Float32Array,
  basis: Float32Array,
  side: number,
  into: Float32Array,
): void {
  const ground = findSmallest(view);
  const rows = new Float32Array(FREQUENCIES * side);
  for (let row = 0; row < side; row++)
    for (let column = 0; column < side; column++) {
      const pixel = view[row * side + column]!;
      // A view shows nothing outside of its picture.
      const value = pixel !== pixel ? ground : pixel;
      for (let f = 0; f < FREQUENCIES; f++) rows[f * side + row]! += value * basis[f * side + column]!;
    }
  const transform = (across: number, down: number): number => {
    let sum = 0;
    for (let row = 0; row < side; row++) sum += rows[across * side + row]! * basis[down * side + row]!;
    return across % 2 === 0 && down % 2 === 0 ? sum : Math.abs(sum);
  };
  let at = 0;
  for (let f = 0; f < FREQUENCIES; f++)
    for (let g = 0; g <= f; g++) {
      if (f === 0) continue;
      const [one, other] = [transform(f, g), transform(g, f)];
      if (f === g) into[at++] = one;
      else {
        into[at++] = (one + other) * Math.SQRT1_2;
        into[at++] = Math.abs(one - other) * Math.SQRT1_2;
      }
    }
  scaleToLength1(into);
}
