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
 * differs, or another colour, does. Places that the first term of a channel misses (NaN) count for nothing. −1 if
 * the pictures overlap in less than 40 % or have no contrast. `terms` are [side²] each for each channel; missing
 * places are set to 0 in all of them.
 */
export function measureAgreement(
  terms: readonly (readonly Float32Array[])[],
  values: readonly Float32Array[],
): number {
  const size = values[0]!.length;
  const count = terms[0]!.length + 1;
  const products = new Float64Array(count * count);
  const fit = new Float64Array(count);
  // The offset is the weight of a term that is 1 where the picture has a value.
  const rows = terms.map((own) => [dropMissing(own), ...own]);
  rows.forEach((own, channel) => {
    for (let p = 0; p < count; p++) {
      fit[p]! += multiply(own[p]!, values[channel]!);
      for (let q = 0; q <= p; q++) products[p * count + q]! += multiply(own[p]!, own[q]!);
    }
  });
  const n = products[0]!;
  const mean = fit[0]! / n;
  if (n < MIN_OVERLAP * size * terms.length) return -1;
  const weights = fitWeights(products, fit, count);
  if (weights === undefined || weights[1]! < 1 / MAX_GAIN || weights[1]! > MAX_GAIN) return -1;
  const tiles = createTiles();
  rows.forEach((own, channel) => {
    addTiles(own, values[channel]!, { weights, mean }, tiles);
  });
  const average = tiles.variances.reduce((sum, variance) => sum + variance, 0) / n;
  let worst = 0;
  tiles.counts.forEach((own, tile) => {
    if (own > (MIN_TILE * n) / tiles.counts.length)
      worst = Math.max(worst, tiles.residuals[tile]! / (0.5 * tiles.variances[tile]! + 0.5 * average * own));
  });
  return average > 1e-10 ? Math.max(-1, 1 - worst) : -1;
}

/** Sets all terms to 0 where the first one has no value, and returns 1 at the other places. */
function dropMissing(terms: readonly Float32Array[]): Float32Array {
  const shown = new Float32Array(terms[0]!.length).fill(1);
  const [first] = terms as [Float32Array];
  for (let at = 0; at < shown.length; at++)
    if (first[at] !== first[at]) {
      shown[at] = 0;
      for (const term of terms) term[at] = 0;
    }
  return shown;
}

/** The scalar product, in two sums that do not wait for each other. */
function multiply(a: Float32Array, b: Float32Array): number {
  let [even, odd] = [0, 0];
  const last = a.length - 1;
  for (let at = 0; at < last; at += 2) {
    even += a[at]! * b[at]!;
    odd += a[at + 1]! * b[at + 1]!;
  }
  return even + odd + (a.length % 2 === 0 ? 0 : a[last]! * b[last]!);
}

/** Sums of each tile, [16]. */
interface Tiles {
  readonly residuals: Float64Array;
  readonly variances: Float64Array;
  readonly counts: Float64Array;
}

const createTiles = (): Tiles => ({
  residuals: new Float64Array(TILES * TILES),
  variances: new Float64Array(TILES * TILES),
  counts: new Float64Array(TILES * TILES),
});

/** Adds the squares of what the weighted terms leave, and of the distance from the mean. */
function addTiles(
  terms: readonly Float32Array[],
  target: Float32Array,
  { weights, mean }: { readonly weights: Float64Array; readonly mean: number },
  { residuals, variances, counts }: Tiles,
): void {
  const side = Math.sqrt(target.length);
  const [shown] = terms as [Float32Array];
  for (let row = 0, at = 0; row < side; row++) {
    const first = Math.floor((row * TILES) / side) * TILES;
    for (let column = 0; column < side; column++, at++) {
      if (shown[at] === 0) continue;
      const tile = first + Math.floor((column * TILES) / side);
      let residual = target[at]!;
      for (let p = 0; p < terms.length; p++) residual -= weights[p]! * terms[p]![at]!;
      const gap = target[at]! - mean;
      residuals[tile]! += residual * residual;
      variances[tile]! += gap * gap;
      counts[tile]!++;
    }
  }
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

/** Returns memory for a picture, [size]; what it holds does not matter. */
export type Take = (size: number) => Float32Array;

const allocate: Take = (size) => new Float32Array(size);

/** Returns the picture under the filter [1, 2, 1] / 4 along both axes, which stops at the edges; NaN spreads. */
export function smooth(values: Float32Array, side: number, take: Take = allocate): Float32Array {
  const across = take(values.length);
  const both = take(values.length);
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
