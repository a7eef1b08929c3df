/** A map of the square [−1, 1]² of a picture: (x, y) → (a·x + b·y + c, d·x + e·y + f). */
export type Affine = readonly [a: number, b: number, c: number, d: number, e: number, f: number];

export const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];

export const rotation = (degrees: number): Affine => {
  const [cos, sin] = [Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180)];
  return [cos, -sin, 0, sin, cos, 0];
};

/** Shows a part of the picture of a side of `side`, whose centre lies at (x, y). */
export const crop = (side: number, x: number, y: number): Affine => [side, 0, x, 0, side, y];

/** The eight flips and quarter turns of a square. */
export const SQUARE_SYMMETRIES: readonly Affine[] = [
  IDENTITY,
  [-1, 0, 0, 0, 1, 0],
  [1, 0, 0, 0, -1, 0],
  [-1, 0, 0, 0, -1, 0],
  [0, 1, 0, 1, 0, 0],
  [0, -1, 0, 1, 0, 0],
  [0, 1, 0, -1, 0, 0],
  [0, -1, 0, -1, 0, 0],
];

/** Returns the map that applies `inner` first. */
export const compose = (outer: Affine, inner: Affine): Affine => [
  outer[0] * inner[0] + outer[1] * inner[3],
  outer[0] * inner[1] + outer[1] * inner[4],
  outer[0] * inner[2] + outer[1] * inner[5] + outer[2],
  outer[3] * inner[0] + outer[4] * inner[3],
  outer[3] * inner[1] + outer[4] * inner[4],
  outer[3] * inner[2] + outer[4] * inner[5] + outer[5],
];

/** Returns the inverse of a map with a determinant other than 0. */
export function invert([a, b, c, d, e, f]: Affine): Affine {
  const determinant = a * e - b * d;
  const [p, q, r, s] = [e / determinant, -b / determinant, -d / determinant, a / determinant];
  return [p, q, -(p * c + q * f), r, s, -(r * c + s * f)];
}

/** One channel of a square picture, [side, side], row-major. */
export interface Plane {
  readonly side: number;
  readonly values: Float32Array;
}

/**
 * Writes the picture that shows at each place what `plane` has at the mapped place, interpolated linearly, [side²];
 * NaN where that lies outside, or the nearest pixel if it is clamped.
 */
export function warp(
  { side, values }: Plane,
  [a, b, c, d, e, f]: Affine,
  into: Float32Array,
  isClamped = false,
): void {
  const half = side / 2;
  const limit = side - 0.499;
  for (let row = 0, at = 0; row < side; row++) {
    const y = (row + 0.5) / half - 1;
    const rowX = (b * y + c + 1) * half - 0.5;
    const rowY = (e * y + f + 1) * half - 0.5;
    for (let column = 0; column < side; column++, at++) {
      const x = column + 0.5 - half;
      const px = a * x + rowX;
      const py = d * x + rowY;
      into[at] =
        !isClamped && (px < -0.501 || py < -0.501 || px > limit || py > limit)
          ? NaN
          : sample(values, side, px, py);
    }
  }
}

/** Product of the sine and the cosine of an angle, from which a picture counts as turned. */
const MIN_TURN = 0.1;

export const isTurned = ([a, b, , d, e]: Affine): boolean => Math.abs(a * b) + Math.abs(d * e) > MIN_TURN;

/**
 * Makes the edges of both pictures missing where a warped one was turned: the corners
 * that a turned copy has lost are filled with something, which bleeds over an edge.
 */
export function dropEdges(warped: Float32Array, side: number, map: Affine): void {
  if (!isTurned(map)) return;
  const [a, b, c, d, e, f] = map;
  const limit = 1 - 2 / side;
  for (let row = 0, at = 0; row < side; row++) {
    const y = (2 * row + 1) / side - 1;
    for (let column = 0; column < side; column++, at++) {
      const x = (2 * column + 1) / side - 1;
      const far = Math.max(
        Math.abs(x),
        Math.abs(y),
        Math.abs(a * x + b * y + c),
        Math.abs(d * x + e * y + f),
      );
      if (far > limit) warped[at] = NaN;
    }
  }
}

/** A map of pictures of one side, applied in advance. */
export interface Warping {
  /** The four pixels that each pixel interpolates, [side², 4] int32; −1 where it lies outside. */
  readonly places: Int32Array;
  readonly weights: Float32Array;
}

/** Prepares what `warp` does, for many pictures of a side. */
export function createWarping(map: Affine, side: number): Warping {
  const places = new Int32Array(4 * side * side);
  const weights = new Float32Array(4 * side * side);
  const values = new Float32Array(side * side);
  const warped = new Float32Array(side * side);
  warp({ side, values }, map, warped);
  const [a, b, c, d, e, f] = map;
  const clamp = (at: number): number => Math.min(side - 1, Math.max(0, at));
  for (let at = 0; at < side * side; at++) {
    if (Number.isNaN(warped[at])) {
      places.fill(-1, 4 * at, 4 * at + 4);
      continue;
    }
    const x = ((at % side) + 0.5) * (2 / side) - 1;
    const y = (Math.floor(at / side) + 0.5) * (2 / side) - 1;
    const px = clamp(((a * x + b * y + c + 1) * side) / 2 - 0.5);
    const py = clamp(((d * x + e * y + f + 1) * side) / 2 - 0.5);
    const left = Math.floor(px);
    const top = Math.floor(py);
    const right = clamp(left + 1);
    const below = clamp(top + 1);
    const u = px - left;
    const v = py - top;
    places.set([top * side + left, top * side + right, below * side + left, below * side + right], 4 * at);
    weights.set([(1 - u) * (1 - v), u * (1 - v), (1 - u) * v, u * v], 4 * at);
  }
  return { places, weights };
}

/** The value between the four pixels around a place; `side` is at least 2. */
function sample(values: Float32Array, side: number, px: number, py: number): number {
  const last = side - 1;
  const x = px < 0 ? 0 : px > last ? last : px;
  const y = py < 0 ? 0 : py > last ? last : py;
  // No lists: this runs for each pixel.
  const left = Math.min(x | 0, last - 1);
  const top = Math.min(y | 0, last - 1);
  const at = top * side + left;
  const u = x - left;
  const v = y - top;
  const upper = values[at]! + u * (values[at + 1]! - values[at]!);
  const lower = values[at + side]! + u * (values[at + side + 1]! - values[at + side]!);
  return upper + v * (lower - upper);
}
