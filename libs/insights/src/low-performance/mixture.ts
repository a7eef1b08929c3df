import { kMeans, points } from '@noema/manifold';
import type { Candidate } from '../confirm/candidate.js';
import type { Space } from '../population/population.js';
import { fitGroups } from './fit-groups.js';
import { leastPlaced, type SearchData, selectPlaced, selectSpaces } from './search-data.js';

const COMPONENTS = 25;
/** Weight of the classes against the place (Domino). */
const CLASS_WEIGHT = 10;
const STEPS = 60;
/** The fit stops where fewer samples change their component. */
const SETTLED = 0.001;
const MAX_PLACED = 5_000;

/**
 * Finds components of a mixture of places, classes and predicted classes, so that a component has one kind of error
 * (Domino: Eyuboglu et al., Discovering systematic errors with cross-modal embeddings, ICLR 2022). In the space of all
 * layers.
 */
export async function searchMixture(data: SearchData): Promise<Candidate[]> {
  const [space] = selectSpaces(data.population);
  if (space === undefined) return [];
  const placed = selectPlaced(data, space, MAX_PLACED);
  if (placed.length < 2 * leastPlaced(data, placed)) return [];
  const components = await fitMixture(data, space, placed);
  const groups = Array.from({ length: COMPONENTS }, (_, k) => placed.filter((_, i) => components[i] === k));
  return fitGroups(data, { finder: 'mixture', space, placed, groups });
}

/** Returns the likeliest component of each position. */
export async function fitMixture(
  { population, outcomes, seed, signal }: SearchData,
  space: Space,
  placed: readonly number[],
): Promise<Int32Array> {
  const { width } = space;
  const n = placed.length;
  const k = Math.min(COMPONENTS, n);
  const x = new Float32Array(n * width);
  placed.forEach((at, i) => {
    const row = outcomes.rows[at]!;
    x.set(space.values.subarray(row * width, (row + 1) * width), i * width);
  });
  const classes = [population.labels, population.predicted].flatMap((codes) =>
    codes ? [Int32Array.from(placed, (at) => codes[outcomes.rows[at]!]! + 1)] : [],
  );
  const start = await kMeans(points(x, width), k, {
    seed,
    starts: 1,
    iterations: 10,
    ...(signal && { signal }),
  });
  let shares: Float64Array = new Float64Array(n * k);
  start.assignment.forEach((component, i) => (shares[i * k + component] = 1));
  let hard: Int32Array = start.assignment;
  const floor = floorVariance(x, width);
  for (let step = 0; step < STEPS; step++) {
    signal?.throwIfAborted();
    shares = expect(maximise({ x, width, k, shares, classes, floor }), { x, width, classes });
    const next = mostLikely(shares, k);
    const changed = next.reduce((sum, component, i) => sum + Number(component !== hard[i]), 0);
    hard = next;
    if (changed <= SETTLED * n) break;
  }
  return hard;
}

interface Mixture {
  readonly k: number;
  readonly logWeights: Float64Array;
  readonly means: Float64Array;
  readonly variances: Float64Array;
  /** Weighted log-probabilities of classes, [k, classes] for each kind of class. */
  readonly logClasses: readonly { readonly count: number; readonly values: Float64Array }[];
}

function maximise(given: {
  readonly x: Float32Array;
  readonly width: number;
  readonly k: number;
  readonly shares: Float64Array;
  readonly classes: readonly Int32Array[];
  readonly floor: Float64Array;
}): Mixture {
  const { x, width, k, shares, classes, floor } = given;
  const n = x.length / width;
  const weights = new Float64Array(k);
  const means = new Float64Array(k * width);
  const variances = new Float64Array(k * width);
  const each = (visit: (i: number, c: number, share: number) => void): void => {
    for (let i = 0; i < n; i++)
      for (let c = 0; c < k; c++) {
        const share = shares[i * k + c]!;
        if (share > 1e-9) visit(i, c, share);
      }
  };
  each((i, c, share) => {
    weights[c]! += share;
    for (let d = 0; d < width; d++) means[c * width + d]! += share * x[i * width + d]!;
  });
  for (let c = 0; c < k; c++)
    for (let d = 0; d < width; d++) means[c * width + d]! /= Math.max(weights[c]!, 1e-9);
  each((i, c, share) => {
    for (let d = 0; d < width; d++)
      variances[c * width + d]! += share * (x[i * width + d]! - means[c * width + d]!) ** 2;
  });
  for (let c = 0; c < k; c++)
    for (let d = 0; d < width; d++)
      variances[c * width + d] = variances[c * width + d]! / Math.max(weights[c]!, 1e-9) + floor[d]!;
  const logClasses = classes.map((codes) => {
    const count = codes.reduce((most, code) => Math.max(most, code), 0) + 1;
    const sums = new Float64Array(k * count).fill(1e-3);
    each((i, c, share) => (sums[c * count + codes[i]!]! += share));
    const values = sums.map((sum, at) => {
      const own = Math.floor(at / count);
      return CLASS_WEIGHT * Math.log(sum / (weights[own]! + 1e-3 * count));
    });
    return { count, values };
  });
  return { k, logWeights: weights.map((w) => Math.log(Math.max(w, 1e-9) / n)), means, variances, logClasses };
}

function expect(
  { k, logWeights, means, variances, logClasses }: Mixture,
  {
    x,
    width,
    classes,
  }: { readonly x: Float32Array; readonly width: number; readonly classes: readonly Int32Array[] },
): Float64Array {
  const n = x.length / width;
  const shares = new Float64Array(n * k);
  const precisions = variances.map((variance) => 1 / variance);
  const constants = logWeights.map((logWeight, c) => {
    let sum = 0;
    for (let d = 0; d < width; d++) sum += Math.log(variances[c * width + d]!);
    return logWeight - sum / 2;
  });
  const own = new Float64Array(k);
  for (let i = 0; i < n; i++) {
    let most = -Infinity;
    for (let c = 0; c < k; c++) {
      let square = 0;
      for (let d = 0, a = i * width, b = c * width; d < width; d++, a++, b++)
        square += (x[a]! - means[b]!) ** 2 * precisions[b]!;
      let value = constants[c]! - square / 2;
      for (let j = 0; j < classes.length; j++)
        value += logClasses[j]!.values[c * logClasses[j]!.count + classes[j]![i]!]!;
      own[c] = value;
      most = Math.max(most, value);
    }
    let total = 0;
    for (let c = 0; c < k; c++) total += own[c] = Math.exp(own[c]! - most);
    for (let c = 0; c < k; c++) shares[i * k + c] = own[c]! / total;
  }
  return shares;
}

function mostLikely(shares: Float64Array, k: number): Int32Array {
  return Int32Array.from({ length: shares.length / k }, (_, i) => {
    let best = 0;
    for (let c = 1; c < k; c++) if (shares[i * k + c]! > shares[i * k + best]!) best = c;
    return best;
  });
}

/** A thousandth of the mean variance of all axes, so that no component shrinks to a point. */
function floorVariance(x: Float32Array, width: number): Float64Array {
  const n = x.length / width;
  const [sums, squares] = [new Float64Array(width), new Float64Array(width)];
  for (let i = 0; i < x.length; i++) {
    sums[i % width]! += x[i]! / n;
    squares[i % width]! += x[i]! ** 2 / n;
  }
  const mean = squares.reduce((sum, square, d) => sum + square - sums[d]! ** 2, 0) / width;
  return new Float64Array(width).fill(Math.max(mean * 1e-3, 1e-12));
}
