import { permutation, seededRandom } from '@noema/kernel/random';
import type { Population, Space } from '../../population/population.js';
import { collectRows } from './collect-rows.js';

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
const MAX_WIDTH = 64;

/**
 * Returns at most 6 views of a network from its input to its output: the units of a layer, at most 64 drawn by the
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

/** Returns the values of rows, [rows, width]. */
export function readRows({ width, read }: DepthView, rows: Int32Array): Float32Array {
  const values = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    read(row, values, i * width);
  });
  return values;
}

/** Added before the logarithm, relative to the mean of a column: silent units would be at −∞. */
const FLOOR = 0.05;

/** Returns the logarithms of values [rows, width]; undefined where one is negative. */
export function readLogs(values: Float32Array, width: number): Float32Array | undefined {
  if (values.some((value) => value < 0)) return undefined;
  const [sums, counts] = [new Float64Array(width), new Float64Array(width)];
  values.forEach((value, at) => {
    if (!Number.isFinite(value)) return;
    sums[at % width]! += value;
    counts[at % width]!++;
  });
  const floors = sums.map((sum, j) => (FLOOR * sum) / Math.max(1, counts[j]!));
  // A unit that never responds stays at 0.
  return values.map((value, at) => (floors[at % width]! > 0 ? Math.log(value + floors[at % width]!) : 0));
}

/**
 * Returns values [rows, width] with mean 0 and deviation 1 in each class and column: classes differ more than domains.
 * Values that are no numbers, and equal ones, become 0.
 */
export function standardiseByClass(
  values: Float32Array,
  width: number,
  classes: ArrayLike<number>,
): Float32Array {
  const standard = new Float32Array(values.length);
  for (const rows of collectRows(classes.length, (row) => classes[row]!))
    for (let j = 0; j < width; j++) {
      let count = 0;
      let mean = 0;
      let squares = 0;
      for (const row of rows) {
        const value = values[row * width + j]!;
        if (!Number.isFinite(value)) continue;
        const difference = value - mean;
        mean += difference / ++count;
        squares += difference * (value - mean);
      }
      const deviation = Math.sqrt(squares / Math.max(1, count));
      if (!(deviation > 1e-6 * Math.abs(mean))) continue;
      for (const row of rows) {
        const value = values[row * width + j]!;
        if (Number.isFinite(value)) standard[row * width + j] = (value - mean) / deviation;
      }
    }
  return standard;
}
