import { nearestNeighbors, points } from '@noema/manifold';
import { pickPlaces } from '../population/places.js';
import type { Population, Space } from '../population/population.js';
import { chooseDiverse } from './choose-diverse.js';
import { chooseTypical } from './choose-typical.js';
import type { LabelPool } from './pool.js';
import { predictLosses, type PredictedLosses, type PredictionOptions } from './predict-losses.js';

/** Labels a class from which uncertain samples teach more than typical ones. */
const MANY_LABELS = 5;
const NEIGHBORS = 20;

export interface Batch {
  /** Rows, in the order in which they were chosen. */
  readonly chosen: Int32Array;
  readonly method: 'typical' | 'uncertain';
  readonly predicted: PredictedLosses | undefined;
}

export interface BatchOptions extends PredictionOptions {
  readonly count: number;
  readonly seed: number;
}

/** Chooses candidates of a pool: typical ones while labels are few, then different ones that the model is unsure of. */
export async function chooseBatch(
  population: Population,
  pool: LabelPool,
  { count, seed, threads, signal }: BatchOptions,
): Promise<Batch> {
  const { candidates, learned } = pool;
  const size = Math.min(count, candidates.length);
  const space = population.spaces[0]!;
  const predicted = await predictLosses(population, pool, { threads, signal });
  const spread = await measureSpread(space, candidates, { threads, signal, seed });
  const { probabilities, classNames } = population;
  const isEarly = learned.length < MANY_LABELS * classNames.length || probabilities === undefined;
  const weights = weigh(spread, predicted, isTrusted(predicted));
  const positions = isEarly
    ? await chooseTypical({ space, pool, spread, count: size, seed, signal })
    : chooseDiverse({
        vectors: pickPlaces(space, candidates),
        width: space.width,
        probabilities: pickProbabilities(probabilities, classNames.length, candidates),
        classes: classNames.length,
        weights,
        count: size,
        seed,
      });
  return {
    chosen: Int32Array.from(fill(positions, weights, size), (at) => candidates[at]!),
    method: isEarly ? 'typical' : 'uncertain',
    predicted,
  };
}

/** Appends the positions with the largest weights up to `size`: a model that is sure of all others chooses too few. */
function fill(positions: readonly number[], weights: Float64Array, size: number): number[] {
  if (positions.length >= size) return [...positions];
  const taken = new Set(positions);
  const others = [...weights.keys()].filter((at) => !taken.has(at));
  others.sort((a, b) => weights[b]! - weights[a]! || a - b);
  return [...positions, ...others.slice(0, size - positions.length)];
}

/** Whether predicted losses order other samples significantly. */
const isTrusted = (predicted: PredictedLosses | undefined): boolean =>
  predicted !== undefined && predicted.heldOut.coefficient > 0 && predicted.heldOut.pValue < 0.05;

/** Predicted loss × density^½; without a trusted prediction the density alone. */
function weigh(spread: Float64Array, predicted: PredictedLosses | undefined, isUsed: boolean): Float64Array {
  return spread.map((distance, at) => {
    const density = 1 / Math.sqrt(Math.max(distance, 1e-9));
    return isUsed ? Math.max(1e-6, predicted!.losses[at]!) * density : density;
  });
}

async function measureSpread(
  space: Space,
  rows: Int32Array,
  { threads, signal, seed }: PredictionOptions & { readonly seed: number },
): Promise<Float64Array> {
  const spread = new Float64Array(rows.length);
  const k = Math.min(NEIGHBORS, rows.length - 1);
  if (k < 1) return spread;
  const cloud = points(pickPlaces(space, rows), space.width);
  const { graph } = await nearestNeighbors(cloud, k, { threads, seed, ...(signal && { signal }) });
  graph.distances.forEach((distance, at) => {
    spread[Math.floor(at / k)]! += distance / k;
  });
  return spread;
}

function pickProbabilities(probabilities: Float32Array, width: number, rows: Int32Array): Float32Array {
  const picked = pickPlaces({ values: probabilities, width }, rows);
  return picked.map((value) => (Number.isFinite(value) ? value : 0));
}
