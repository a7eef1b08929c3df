import { type Plane, SQUARE_SYMMETRIES, type Warping } from './warp.js';

const FREQUENCIES = 6;
/** Number of cosine coefficients, and of the values of a descriptor. */
export const COSINE_WIDTH = FREQUENCIES ** 2 - 1;

/** Frequencies across and down of each coefficient; all but the mean. */
const [ACROSS, DOWN] = [new Uint8Array(COSINE_WIDTH), new Uint8Array(COSINE_WIDTH)];
for (let at = 0; at < COSINE_WIDTH; at++) {
  ACROSS[at] = Math.floor((at + 1) / FREQUENCIES);
  DOWN[at] = (at + 1) % FREQUENCIES;
}
/** Place of the coefficient with both frequencies swapped. */
const SWAPPED = ACROSS.map((across, at) => DOWN[at]! * FREQUENCIES + across - 1);
/** Whether both frequencies are odd or even: a flip changes the sign of odd ones. */
const PARITY = ACROSS.map((across, at) => (across % 2) * 2 + (DOWN[at]! % 2));

/** Cosines of the frequencies 0 to 5 at the middles of the pixels, [6, side]. */
export const createCosines = (side: number): Float32Array =>
  Float32Array.from({ length: FREQUENCIES * side }, (_, at) =>
    Math.cos((Math.PI * Math.floor(at / side) * ((at % side) + 0.5)) / side),
  );

const ROWS = new Float64Array(FREQUENCIES * 64);

/**
 * Writes the low frequencies of the cosine transform of a view of a picture, of length 1, [35]. Places outside of
 * the picture count as `ground`.
 */
export function transformView(
  { side, values }: Plane,
  warping: Warping | undefined,
  ground: number,
  basis: Float32Array,
  into: Float32Array,
): void {
  const [two, three, four, five] = [2 * side, 3 * side, 4 * side, 5 * side];
  for (let row = 0, at = 0; row < side; row++) {
    // One sum a frequency: an array of them would be read and written for each pixel.
    let s0 = 0;
    let s1 = 0;
    let s2 = 0;
    let s3 = 0;
    let s4 = 0;
    let s5 = 0;
    for (let column = 0; column < side; column++, at++) {
      const value = warping === undefined ? values[at]! : readWarped(warping, values, at, ground);
      s0 += value;
      s1 += value * basis[side + column]!;
      s2 += value * basis[two + column]!;
      s3 += value * basis[three + column]!;
      s4 += value * basis[four + column]!;
      s5 += value * basis[five + column]!;
    }
    ROWS[row] = s0;
    ROWS[side + row] = s1;
    ROWS[two + row] = s2;
    ROWS[three + row] = s3;
    ROWS[four + row] = s4;
    ROWS[five + row] = s5;
  }
  let square = 0;
  for (let at = 0; at < COSINE_WIDTH; at++) {
    let sum = 0;
    for (let row = 0, f = ACROSS[at]! * side, g = DOWN[at]! * side; row < side; row++)
      sum += ROWS[f + row]! * basis[g + row]!;
    into[at] = sum;
    square += sum * sum;
  }
  const scale = square === 0 ? 0 : 1 / Math.sqrt(square);
  for (let at = 0; at < COSINE_WIDTH; at++) into[at]! *= scale;
}

function readWarped({ places, weights }: Warping, values: Float32Array, at: number, ground: number): number {
  const from = 4 * at;
  if (places[from]! < 0) return ground;
  return (
    weights[from]! * values[places[from]!]! +
    weights[from + 1]! * values[places[from + 1]!]! +
    weights[from + 2]! * values[places[from + 2]!]! +
    weights[from + 3]! * values[places[from + 3]!]!
  );
}

/** Writes coefficients in a form that flips and quarter turns leave alone: they change signs, and swap both axes. */
export function describeCosines(coefficients: Float32Array, into: Float32Array): void {
  for (let at = 0; at < COSINE_WIDTH; at++) {
    const swapped = SWAPPED[at]!;
    if (at > swapped) continue;
    const one = coefficients[at]!;
    const other = coefficients[swapped]!;
    const [a, b] = PARITY[at] === 0 ? [one, other] : [Math.abs(one), Math.abs(other)];
    if (at === swapped) into[at] = a;
    else {
      into[at] = (a + b) * Math.SQRT1_2;
      into[swapped] = Math.abs(a - b) * Math.SQRT1_2;
    }
  }
}

/** Signs of odd frequencies across and down of a copy under each symmetry. */
const SIGNS = Float64Array.from(SQUARE_SYMMETRIES.flatMap(([a, b, , d, e]) => (a === 0 ? [d, b] : [a, e])));

/** Products of a view and a copy, by parity; then of the view with swapped axes. */
const SUMS = new Float64Array(8);

/** A flip or quarter turn of a view, a position in `SQUARE_SYMMETRIES`, and its product with a copy. */
interface Orientation {
  readonly symmetry: number;
  readonly product: number;
}

/** Returns the best orientation of a view. */
export function orient(view: Float32Array, copies: Float32Array, copy: number): Orientation {
  let best: Orientation = { symmetry: 0, product: -Infinity };
  visitOrientations(view, copies, copy, (symmetry, product) => {
    if (product > best.product) best = { symmetry, product };
  });
  return best;
}

/** Returns the `count` best orientations of all views, the best one first. */
export function rankStarts(
  views: readonly Float32Array[],
  copy: Float32Array,
  count: number,
): (Orientation & { readonly view: number })[] {
  const starts: (Orientation & { readonly view: number })[] = [];
  views.forEach((form, view) => {
    visitOrientations(form, copy, 0, (symmetry, product) => {
      if (starts.length === count && product <= starts[count - 1]!.product) return;
      let at = starts.length;
      while (at > 0 && starts[at - 1]!.product < product) at--;
      starts.splice(at, 0, { view, symmetry, product });
      starts.length = Math.min(starts.length, count);
    });
  });
  return starts;
}

function visitOrientations(
  view: Float32Array,
  copies: Float32Array,
  copy: number,
  visit: (symmetry: number, product: number) => void,
): void {
  SUMS.fill(0);
  for (let at = 0; at < COSINE_WIDTH; at++) {
    const parity = PARITY[at]!;
    const value = copies[copy * COSINE_WIDTH + at]!;
    SUMS[parity]! += view[at]! * value;
    SUMS[4 + parity]! += view[SWAPPED[at]!]! * value;
  }
  for (let symmetry = 0; symmetry < 8; symmetry++) {
    const across = SIGNS[2 * symmetry]!;
    const down = SIGNS[2 * symmetry + 1]!;
    const from = symmetry < 4 ? 0 : 4;
    visit(
      symmetry,
      SUMS[from]! + down * SUMS[from + 1]! + across * SUMS[from + 2]! + across * down * SUMS[from + 3]!,
    );
  }
}
