import { nearestStored, points } from '@noema/manifold';
import { chooseSpaces } from '../mislabelled/evidence.js';
import { pickPlaces } from '../population/places.js';
import type { Population, Space } from '../population/population.js';
import { fitIsotonic } from '../statistics/isotonic.js';
import { type RankCorrelation, spearman } from '../statistics/spearman.js';
import type { LabelPool } from './pool.js';

const NEIGHBORS = 20;
/** Samples with a known loss below which nothing is predicted. */
const MIN_KNOWN = 60;

export interface PredictedLosses {
  /** One a candidate, then one a random row, [candidates + random] float64. */
  readonly losses: Float64Array;
  /** Rank correlation of predicted and true losses on samples that had no part in the prediction. */
  readonly heldOut: RankCorrelation;
}

export interface PredictionOptions {
  readonly threads: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Predicts the losses of the candidates and of the random rows: the mean loss of the 20 nearest samples with a known
 * loss in up to three spaces, averaged, then an isotonic fit. Undefined with fewer than 60 known losses.
 */
export async function predictLosses(
  population: Population,
  { candidates, random, known }: LabelPool,
  options: PredictionOptions,
): Promise<PredictedLosses | undefined> {
  if (known.length < MIN_KNOWN) return undefined;
  const spaces = chooseSpaces(population.spaces);
  const losses = population.losses!;
  // The first third predicts, the second calibrates, the last one tests.
  const [base, fit, test] = [0, 1, 2].map((part) => known.filter((_, at) => at % 3 === part));
  const read = (rows: Int32Array): Float64Array => Float64Array.from(rows, (row) => losses[row]!);
  const [ofFit, ofTest] = [
    await averageNeighbors(spaces, losses, { known: base!, rows: fit! }, options),
    await averageNeighbors(spaces, losses, { known: base!, rows: test! }, options),
  ];
  const calibration = fitIsotonic(ofFit, read(fit!));
  const rest = known.filter((_, at) => at % 3 !== 1);
  const raw = await averageNeighbors(
    spaces,
    losses,
    { known: rest, rows: Int32Array.from([...candidates, ...random]) },
    options,
  );
  return {
    losses: raw.map((value) => calibration.predict(value)),
    heldOut: spearman(ofTest, read(test!)),
  };
}

async function averageNeighbors(
  spaces: readonly Space[],
  losses: Float32Array,
  { known, rows }: { readonly known: Int32Array; readonly rows: Int32Array },
  { threads, signal }: PredictionOptions,
): Promise<Float64Array> {
  const sums = new Float64Array(rows.length);
  for (const space of spaces) {
    const stored = points(pickPlaces(space, known), space.width);
    const fresh = points(pickPlaces(space, rows), space.width);
    const options = { threads, ...(signal && { signal }) };
    const { k, indices } = await nearestStored(stored, fresh, NEIGHBORS, options);
    for (let at = 0; at < indices.length; at++)
      sums[Math.floor(at / k)]! += losses[known[indices[at]!]!]! / (k * spaces.length);
  }
  return sums;
}
