import { factorize, solveFactored } from './cholesky.js';

/** Tiles along one axis. */
const TILES = 4;
/** Smallest share of the picture in which two pictures must overlap, and of a tile that counts. */
const [MIN_OVERLAP, MIN_TILE] = [0.4, 0.25];
/** Largest change of the contrast of a copy: a grey square is no copy of a black one. */
const MAX_GAIN = 2.5;

/**
 * Returns how well an aligned picture explains another one, at most 1: 1 less the residual over the variance, in the
 * worst of 16 tiles. An offset and a weight of each term are fitted for all channels together: the first term is the
 * picture, the others are what scaling changes, so that neither brightness nor scaling counts; a small part that
 * differs, or another colour, does. Missing places of the picture count for nothing. −1 if the pictures overlap in less
 * than 40 % or have no contrast. `terms` are [side²] each for each channel.
 */
export function measureAgreement(
  terms: readonly (readonly Float32Array[])[],
  values: readonly Float32Array[],
): number {
  const size = values[0]!.length;
  const side = Math.sqrt(size);
  const count = terms[0]!.length + 1;
  const products = new Float64Array(count * count);
  const fit = new Float64Array(count);
  const row = new Float64Array(count).fill(1);
  let n = 0;
  terms.forEach((own, channel) => {
    const target = values[channel]!;
    for (let at = 0; at < size; at++) {
      if (own[0]![at] !== own[0]![at]) continue;
      n++;
      for (let p = 1; p < count; p++) row[p] = own[p - 1]![at]!;
      for (let p = 0; p < count; p++) {
        const value = row[p]!;
        fit[p]! += value * target[at]!;
        for (let q = 0; q <= p; q++) products[p * count + q]! += value * row[q]!;
      }
    }
  });
  const mean = fit[0]! / n;
  if (n < MIN_OVERLAP * size * terms.length) return -1;
  const weights = fitWeights(products, fit, count);
  if (weights === undefined || weights[1]! < 1 / MAX_GAIN || weights[1]! > MAX_GAIN) return -1;
  const residuals = new Float64Array(TILES * TILES);
  const variances = new Float64Array(TILES * TILES);
  const counts = new Float64Array(TILES * TILES);
  const tiles = Int32Array.from({ length: side }, (_, at) => Math.floor((at * TILES) / side));
  terms.forEach((own, channel) => {
    const target = values[channel]!;
    for (let at = 0; at < size; at++) {
      if (own[0]![at] !== own[0]![at]) continue;
      const tile = tiles[Math.floor(at / side)]! * TILES + tiles[at % side]!;
      let residual = target[at]! - weights[0]!;
      for (let p = 1; p < count; p++) residual -= weights[p]! * own[p - 1]![at]!;
      residuals[tile]! += residual ** 2;
      variances[tile]! += (target[at]! - mean) ** 2;
      counts[tile]!++;
    }
  });
  const average = variances.reduce((sum, variance) => sum + variance, 0) / n;
  let worst = 0;
  for (let tile = 0; tile < counts.length; tile++)
    if (counts[tile]! > (MIN_TILE * n) / counts.length)
      worst = Math.max(worst, residuals[tile]! / (0.5 * variances[tile]! + 0.5 * average * counts[tile]!));
  return average > 1e-10 ? Math.max(-1, 1 - worst) : -1;
}

/** Returns the weights of the first terms that are not combinations of each other; the others have the weight 0. */
function fitWeights(products: Float64Array, fit: Float64Array, count: number): Float64Array | undefined {
  for (let used = count; used >= 2; used--) {
    const own = new Float64Array(used * used);
    for (let p = 0; p < used; p++) for (let q = 0; q <= p; q++) own[p * used + q] = products[p * count + q]!;
    const factor = factorize(own, used);
    if (factor === undefined) continue;
    const weights = new Float64Array(count);
    weights.set(solveFactored(factor, fit.slice(0, used)));
    return weights;
  }
  return undefined;
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
