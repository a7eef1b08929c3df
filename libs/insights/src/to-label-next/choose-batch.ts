import { permutation, seededRandom } from '@noema/kernel/random';
import { nearestNeighbors, points } from '@noema/manifold';
import { pickPlaces } from '../population/places.js';
import type { Population, Space } from '../population/population.js';
import { chooseDiverse } from './choose-diverse.js';
import { chooseTypical } from './choose-typical.js';
import type { LabelPool } from './pool.js';
import { predictLosses, type PredictedLosses, type PredictionOptions } from './predict-losses.js';

/** Share of a batch that is drawn at random, so that the gain of the rest is measured. */
export const RANDOM_SHARE = 0.2;
/** Labels a class below which typical samples teach more than uncertain ones. */
const FEW_LABELS = 50;
const NEIGHBORS = 20;

export interface Batch {
  /** Rows, the chosen ones first. */
  readonly chosen: Int32Array;
  readonly random: Int32Array;
  readonly method: 'typical' | 'uncertain';
  readonly predicted: PredictedLosses | undefined;
}

export interface BatchOptions extends PredictionOptions {
  readonly count: number;
  readonly seed: number;
}

/** Chooses the samples of a batch, a fifth of them at random. */
export async function chooseBatch(
  population: Population,
  pool: LabelPool,
  { count, seed, threads, signal }: BatchOptions,
): Promise<Batch> {
  const { candidates, labeled } = pool;
  const size = Math.min(count, candidates.length);
  const randomCount = Math.round(RANDOM_SHARE * size);
  const space = population.spaces[0]!;
  const predicted = await predictLosses(population, pool, { threads, signal });
  const spread = await measureSpread(space, candidates, { threads, signal, seed });
  const { probabilities, classNames } = population;
  const isEarly = labeled.length < FEW_LABELS * classNames.length || probabilities === undefined;
  const input = { space, pool, spread, count: size - randomCount, seed, signal };
  const positions = isEarly
    ? await chooseTypical(input)
    : chooseDiverse({
        vectors: pickPlaces(space, candidates),
        width: space.width,
        probabilities: pickProbabilities(probabilities, classNames.length, candidates),
        classes: classNames.length,
        weights: weigh(spread, predicted, isTrusted(predicted)),
        count: size - randomCount,
        seed,
      });
  const taken = new Set(positions);
  const others = [...candidates.keys()].filter((at) => !taken.has(at));
  const order = permutation(others.length, seededRandom(seed, 0x72616e64)).subarray(
    0,
    size - positions.length,
  );
  return {
    chosen: Int32Array.from(positions, (at) => candidates[at]!),
    random: Int32Array.from(order, (at) => candidates[others[at]!]!),
    method: isEarly ? 'typical' : 'uncertain',
    predicted,
  };
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
