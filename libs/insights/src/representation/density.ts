import { seededRandom } from '@noema/kernel/random';
import { nearestStored, points } from '@noema/manifold';
import { sampleRows } from '../population/sample-rows.js';
import { isPlaced, pickPlaces } from '../population/places.js';
import type { Space } from '../population/population.js';

/** Neighbours that span a radius, and the most samples on both sides. */
const [NEIGHBORS, MAX_REFERENCE, MAX_ROWS] = [10, 10_000, 2000];

/** Logarithms of the local density of training samples, up to a constant. */
export interface Densities {
  /** Samples with a density, drawn by the seed. */
  readonly rows: Int32Array;
  /** [rows] */
  readonly logDensities: Float64Array;
}

/**
 * Measures the density of training samples around others by the distance to their 10th nearest one, r: the density is
 * proportional to r^−d. The intrinsic dimension d comes from the ratios of the distances (Levina & Bickel 2004).
 */
export async function measureDensities(
  space: Space,
  { training, rows }: { readonly training: Int32Array; readonly rows: Int32Array },
  {
    seed,
    threads,
    signal,
  }: { readonly seed: number; readonly threads: number; readonly signal?: AbortSignal | undefined },
): Promise<Densities> {
  const random = seededRandom(seed, 120);
  const hasPlace = (row: number): boolean => isPlaced(space, row);
  const reference = sampleRows(training.filter(hasPlace), MAX_REFERENCE, random);
  const judged = sampleRows(rows.filter(hasPlace), MAX_ROWS, random);
  if (reference.length < 2 || judged.length === 0)
    return { rows: new Int32Array(0), logDensities: new Float64Array(0) };
  const place = (some: Int32Array) => points(pickPlaces(space, some), space.width);
  const options = { threads, ...(signal && { signal }) };
  const { k, distances } = await nearestStored(place(reference), place(judged), NEIGHBORS, options);
  let [sum, count] = [0, 0];
  const radii = Float64Array.from(judged, (_, at) => distances[(at + 1) * k - 1]!);
  radii.forEach((radius, at) => {
    for (let j = 0; j < k - 1; j++) {
      const distance = distances[at * k + j]!;
      if (distance > 0 && radius > distance) {
        sum += Math.log(radius / distance);
        count++;
      }
    }
  });
  const dimension = sum > 0 ? count / sum : 1;
  const smallest = Math.min(...radii.filter((radius) => radius > 0), 1);
  return {
    rows: judged,
    logDensities: radii.map((radius) => -dimension * Math.log(Math.max(radius, smallest))),
  };
}
