import { factorize, solveFactored } from './cholesky.js';

/** Tiles along one axis. */
const TILES = 4;
/** Smallest share of the picture in which two pictures must overlap, and of a tile that counts. */
const [MIN_OVERLAP, MIN_TILE] = [0.6, 0.25];
/** Largest change of the contrast of a copy: a grey square is no copy of a black one. */
const MAX_GAIN = 2.5;
/** Offset, gain, and a blur along each axis. */
const TERMS = 4;

/** Calls `visit` with each inner place that the warped picture and its four neighbours have. */
function visitPlaces(
  warped: Float32Array,
  side: number,
  visit: (at: number, value: number, across: number, down: number) => void,
): void {
  for (let row = 1; row < side - 1; row++)
    for (let column = 1, at = row * side + 1; column < side - 1; column++, at++) {
      const value = warped[at]!;
      const across = warped[at - 1]! + warped[at + 1]! - 2 * value;
      const down = warped[at - side]! + warped[at + side]! - 2 * value;
      // NaN for a missing place spreads into the sum.
      if (across + down === across + down) visit(at, value, across, down);
    }
}

/**
 * Returns how well an aligned picture explains another one, at most 1: 1 less the residual over the variance, in the
 * worst of 16 tiles. One gain, one offset and one blur along each axis are fitted for all channels, so that neither
 * brightness nor scaling down and up counts; a small part that differs, or another colour, does. −1 if the pictures
 * overlap in less than 60 % or have no contrast. Both are [side²] a channel.
 */
export function measureAgreement(
  warped: readonly Float32Array[],
  values: readonly Float32Array[],
  side: number,
): number {
  const products = new Float64Array(TERMS * TERMS);
  const fit = new Float64Array(TERMS);
  let n = 0;
  warped.forEach((channel, c) => {
    const target = values[c]!;
    visitPlaces(channel, side, (at, value, across, down) => {
      const b = target[at]!;
      n++;
      products[4]! += value;
      products[5]! += value * value;
      products[8]! += across;
      products[9]! += across * value;
      products[10]! += across * across;
      products[12]! += down;
      products[13]! += down * value;
      products[14]! += down * across;
      products[15]! += down * down;
      fit[0]! += b;
      fit[1]! += b * value;
      fit[2]! += b * across;
      fit[3]! += b * down;
    });
  });
  products[0] = n;
  const mean = fit[0]! / n;
  const factor = factorize(products, TERMS);
  if (n < MIN_OVERLAP * (side - 2) ** 2 * warped.length || factor === undefined) return -1;
  const [offset, gain, blurAcross, blurDown] = solveFactored(factor, fit) as unknown as [
    number,
    number,
    number,
    number,
  ];
  if (gain < 1 / MAX_GAIN || gain > MAX_GAIN) return -1;
  const residuals = new Float64Array(TILES * TILES);
  const variances = new Float64Array(TILES * TILES);
  const counts = new Float64Array(TILES * TILES);
  const tiles = Int32Array.from({ length: side }, (_, at) => Math.floor((at * TILES) / side));
  warped.forEach((channel, c) => {
    const target = values[c]!;
    visitPlaces(channel, side, (at, value, across, down) => {
      const b = target[at]!;
      const tile = tiles[Math.floor(at / side)]! * TILES + tiles[at % side]!;
      residuals[tile]! += (b - offset - gain * value - blurAcross * across - blurDown * down) ** 2;
      variances[tile]! += (b - mean) ** 2;
      counts[tile]!++;
    });
  });
  const average = variances.reduce((sum, variance) => sum + variance, 0) / n;
  let worst = 0;
  for (let tile = 0; tile < counts.length; tile++)
    if (counts[tile]! > (MIN_TILE * n) / counts.length)
      worst = Math.max(worst, residuals[tile]! / (0.5 * variances[tile]! + 0.5 * average * counts[tile]!));
  return average > 1e-10 ? Math.max(-1, 1 - worst) : -1;
}

/** Returns the picture under the filter [1, 2, 1] / 4 along both axes, which stops at the edges; NaN spreads. */
export function smooth(values: Float32Array, side: number): Float32Array {
  const across = new Float32Array(values.length);
  const both = new Float32Array(values.length);
  for (let row = 0; row < side; row++)
    for (let column = 0, at = row * side; column < side; column++, at++) {
      const left = column === 0 ? at : at - 1;
      const right = column === side - 1 ? at : at + 1;
      across[at] = (values[left]! + 2 * values[at]! + values[right]!) / 4;
    }
  for (let row = 0; row < side; row++)
    for (let column = 0, at = row * side; column < side; column++, at++) {
      const up = row === 0 ? at : at - side;
      const down = row === side - 1 ? at : at + side;
      both[at] = (across[up]! + 2 * across[at]! + across[down]!) / 4;
    }
  return both;
}
