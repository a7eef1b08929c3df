import { DomainError, permutation, seededRandom } from '@noema/kernel';
import { type BaselineKind, createBaseline } from './baseline.js';
import { type FeatureMap, type HeatMap, strides } from './feature-map.js';
import { hottestFirst, upsample } from './heat-map.js';

export interface PerturbationOptions {
  /** Number of parts of the positions. Default: 28; the curve has one point more. */
  readonly steps?: number;
  readonly baseline?: BaselineKind;
  readonly seed?: number;
  /** Number of the order of equal positions, starting at 0. Each is another permutation by the seed. */
  readonly order?: number;
}

/**
 * A batch of inputs [count, values] float32. The model's scores of them are a curve over `fractions` [steps +
 * 1] of the area.
 */
export interface PerturbationBatch {
  readonly inputs: Float32Array;
  readonly count: number;
  readonly fractions: Float64Array;
  /**
   * Point of the curve of each input [count]: all points for order 0; for other orders only the points at
   * which ties make them differ from it.
   */
  readonly points: Int32Array;
}

/**
 * Mean of the area over orders of equal positions, and its standard deviation; 0 if the order makes no
 * difference.
 */
export interface CurveArea {
  readonly mean: number;
  readonly spread: number;
  /** Number of orders. */
  readonly orders: number;
}

/** Number of orders of equal positions that a curve is averaged over. */
export const TIE_ORDERS = 10;

/**
 * Returns inputs with the highest positions removed, from none to all (deletion, Petsiuk, Das & Saenko 2018).
 * A faithful map makes the score drop fast.
 */
export function deletionBatch(
  input: FeatureMap,
  heat: HeatMap,
  options: PerturbationOptions = {},
): PerturbationBatch {
  return batch(input, input.data, createBaseline(input, options.baseline ?? 'mean'), heat, options);
}

/**
 * Returns inputs with only the highest positions inserted into the baseline, from none to all (insertion). A
 * faithful map makes the score rise fast.
 */
export function insertionBatch(
  input: FeatureMap,
  heat: HeatMap,
  options: PerturbationOptions = {},
): PerturbationBatch {
  return batch(input, createBaseline(input, options.baseline ?? 'blur'), input.data, heat, options);
}

/**
 * Returns the area under the curve of scores [steps + 1] over the fractions, by the trapezoidal rule. Throws
 * `invalid` SCORES_SHAPE or SCORE_NOT_FINITE.
 */
export function areaUnderCurve(
  { fractions }: Pick<PerturbationBatch, 'fractions'>,
  scores: ArrayLike<number>,
): number {
  if (scores.length !== fractions.length)
    throw new DomainError(
      'invalid',
      'SCORES_SHAPE',
      `${scores.length} scores do not fit a curve of ${fractions.length} points`,
    );
  let area = 0;
  for (let i = 0; i < fractions.length; i++) {
    if (!Number.isFinite(scores[i]))
      throw new DomainError('invalid', 'SCORE_NOT_FINITE', `score ${i} of the curve is ${scores[i]}`);
    if (i > 0) area += ((scores[i]! + scores[i - 1]!) / 2) * (fractions[i]! - fractions[i - 1]!);
  }
  return area;
}

/**
 * Returns the values [points, width] of a curve for each of `TIE_ORDERS` orders of equal positions, or for
 * one if there are no ties. `make` returns the batch of an order, `run` the values [count, width] of its
 * inputs. Only points that differ between orders are computed again, one order after the other.
 */
export async function valuesByOrder(
  make: (order: number) => PerturbationBatch,
  run: (inputs: Float32Array) => Promise<Float32Array>,
): Promise<Float32Array[]> {
  const first = await run(make(0).inputs);
  const all = [first];
  for (let order = 1; order < TIE_ORDERS; order++) {
    const { inputs, count, points, fractions } = make(order);
    if (count === 0) break;
    const values = first.slice();
    const width = first.length / fractions.length;
    const changed = await run(inputs);
    points.forEach((point, i) => {
      values.set(changed.subarray(i * width, (i + 1) * width), point * width);
    });
    all.push(values);
  }
  return all;
}

/**
 * Returns mean and standard deviation of the areas under several curves of scores [points] over the same
 * fractions. Throws as `areaUnderCurve`.
 */
export function areaOverOrders(fractions: Float64Array, curves: readonly ArrayLike<number>[]): CurveArea {
  const areas = curves.map((scores) => areaUnderCurve({ fractions }, scores));
  const mean = areas.reduce((a, b) => a + b) / areas.length;
  const squares = areas.reduce((sum, area) => sum + (area - mean) ** 2, 0);
  return {
    mean,
    spread: areas.length < 2 ? 0 : Math.sqrt(squares / (areas.length - 1)),
    orders: areas.length,
  };
}

/**
 * Returns a random heat map, as smooth as one of a layer with `cells` × `cells` positions: seeded noise,
 * upsampled. Perturbing by it removes the same area at every step as the evaluated map, so its score is the
 * chance level.
 */
export function randomHeatMap(height: number, width: number, cells: number, seed: number): HeatMap {
  const random = seededRandom(seed, 3);
  return upsample(
    { data: Float32Array.from({ length: cells * cells }, random), height: cells, width: cells },
    height,
    width,
  );
}

function batch(
  input: FeatureMap,
  before: Float32Array,
  after: Float32Array,
  heat: HeatMap,
  { steps = 28, seed = 42, order: ties = 0 }: PerturbationOptions,
): PerturbationBatch {
  const { height, width, channels } = input;
  const positions = height * width;
  const size = input.data.length;
  if (heat.height !== height || heat.width !== width) {
    throw new DomainError(
      'invalid',
      'HEAT_MAP_SHAPE',
      `a heat map of ${heat.height} × ${heat.width} does not cover an input of ${height} × ${width}; ` +
        'upsample it first',
    );
  }
  if (!Number.isInteger(steps) || steps < 1)
    throw new DomainError('invalid', 'STEPS', `${steps} steps make no curve; ask for 1 or more`);
  const cuts = Math.min(steps, positions);
  const order = hottestFirst(
    heat,
    permutation(positions, ties === 0 ? seededRandom(seed, 4) : seededRandom(seed, 4, ties)),
  );
  const { position, channel } = strides(input);
  const ends = Int32Array.from({ length: cuts + 1 }, (_, step) => Math.round((step * positions) / cuts));
  // If the lowest changed position is higher than the highest unchanged one, every order changes the same
  // positions.
  const isTied = (end: number): boolean =>
    end > 0 && end < positions && heat.data[order[end - 1]!] === heat.data[order[end]!];
  const points = Int32Array.from(ends.keys()).filter((point) => ties === 0 || isTied(ends[point]!));
  const inputs = new Float32Array(points.length * size);
  const current = before.slice();
  let done = 0;
  points.forEach((point, row) => {
    for (; done < ends[point]!; done++) {
      for (let c = 0, at = order[done]! * position; c < channels; c++, at += channel)
        current[at] = after[at]!;
    }
    inputs.set(current, row * size);
  });
  return {
    inputs,
    count: points.length,
    fractions: Float64Array.from(ends, (end) => end / positions),
    points,
  };
}
