import { permutation, seededRandom } from '@noema/kernel/random';
import type { Population, Space } from '../../population/population.js';

/** The responses of the units of one layer, or a space. */
export interface DepthView {
  readonly title: string;
  /** From 0 (input) to 1 (output). */
  readonly depth: number;
  readonly width: number;
  /** Writes the values of a row. */
  readonly read: (row: number, into: Float32Array, at: number) => void;
}

/** In the first half of the layers. */
export const isEarly = ({ depth }: DepthView): boolean => depth <= 0.5;

const MAX_VIEWS = 6;
const MAX_WIDTH = 128;

/**
 * Returns at most 6 views of a network from its input to its output: the units of a layer, at most 128 drawn by the
 * seed, or the spaces of a population without units. Units, not principal axes: small shifts lie along axes of little
 * variance, which a space of few dimensions leaves out.
 */
export function listViews(population: Population, seed: number): DepthView[] {
  const { n, units, spaces } = population;
  if (units === undefined) {
    const groups = spaces.filter(({ depth }) => depth !== undefined);
    return spread(groups.length > 0 ? groups : spaces.slice(0, 1)).map(toView);
  }
  const random = seededRandom(seed, 5);
  const starts = units.layers.map((_, at) =>
    units.layers.slice(0, at).reduce((sum, layer) => sum + layer.units, 0),
  );
  return spread(units.layers.map((layer, at) => ({ ...layer, at }))).map(
    ({ name, units: count, at: layer }) => {
      const chosen = permutation(count, random).subarray(0, MAX_WIDTH).toSorted();
      return {
        title: name,
        depth: units.layers.length === 1 ? 1 : layer / (units.layers.length - 1),
        width: chosen.length,
        read: (row, into, at) => {
          for (let j = 0; j < chosen.length; j++)
            into[at + j] = units.values[(starts[layer]! + chosen[j]!) * n + row]!;
        },
      };
    },
  );
}

export const toView = ({ title, depth = 1, width, values }: Space): DepthView => ({
  title,
  depth,
  width,
  read: (row, into, at) => {
    into.set(values.subarray(row * width, (row + 1) * width), at);
  },
});

/** Keeps at most 6, evenly from the first to the last. */
function spread<T>(all: readonly T[]): T[] {
  if (all.length <= MAX_VIEWS) return [...all];
  return Array.from(
    { length: MAX_VIEWS },
    (_, i) => all[Math.round((i * (all.length - 1)) / (MAX_VIEWS - 1))]!,
  );
}

/** Returns values of rows with mean 0 and deviation 1 in each column, [rows, width]; NaN counts as the mean. */
export function readStandardised({ width, read }: DepthView, rows: Int32Array): Float32Array {
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    read(row, values, i * width);
  });
  for (let j = 0; j < width; j++) {
    let [count, mean, squares] = [0, 0, 0];
    for (let at = j; at < values.length; at += width) {
      if (!Number.isFinite(values[at])) continue;
      const difference = values[at]! - mean;
      mean += difference / ++count;
      squares += difference * (values[at]! - mean);
    }
    const deviation = Math.sqrt(squares / Math.max(1, count));
    for (let at = j; at < values.length; at += width) {
      const centered = Number.isFinite(values[at]) ? values[at]! - mean : 0;
      values[at] = deviation > 1e-6 * Math.abs(mean) && deviation > 0 ? centered / deviation : 0;
    }
  }
  return values;
}
