import { FFT_LENGTHS } from './column-fft.js';

/**
 * A square grid over a map: `nodes` per side with distance `spacing`, transformed with `length` values per
 * side, at least twice the nodes.
 */
export interface GridShape {
  readonly nodes: number;
  readonly length: number;
  readonly spacing: number;
  /** Coordinates of node (1, 1), the map's lower corner. */
  readonly corner: readonly [number, number];
  /** Centre of the map. */
  readonly middle: readonly [number, number];
}

/** Maximum distance of nodes: the kernels vary over a distance of 1. */
const WIDEST = 0.5;
/** Minimum number of nodes per side. */
const FEWEST = 32;
/** Number of nodes outside the range: one before the first point, two after the last. */
const MARGIN = 4;

/** Maximum side of a transform and of a grid. Above some 500 units of range the spacing grows instead. */
export const MAX_LENGTH = FFT_LENGTHS.at(-1)!;
export const MAX_NODES = MAX_LENGTH / 2;

/**
 * Returns the shape of the grid for coordinates [n, 2]. Spacings are rounded to eighths of an octave, so that
 * the kernels' transforms are reused for many steps.
 */
export function gridShape(coordinates: Float64Array): GridShape {
  let lowX = Infinity;
  let lowY = Infinity;
  let highX = -Infinity;
  let highY = -Infinity;
  for (let e = 0; e < coordinates.length; e += 2) {
    const x = coordinates[e]!;
    const y = coordinates[e + 1]!;
    if (x < lowX) lowX = x;
    if (x > highX) highX = x;
    if (y < lowY) lowY = y;
    if (y > highY) highY = y;
  }
  const range = Math.max(highX - lowX, highY - lowY, 1e-12);
  const wanted = Math.max(FEWEST, Math.ceil(range / WIDEST) + MARGIN);
  const length = FFT_LENGTHS.find((candidate) => candidate >= 2 * wanted) ?? MAX_LENGTH;
  const octaves = Math.floor(8 * Math.log2((WIDEST * (length / 2 - MARGIN)) / range)) / 8;
  const spacing = WIDEST / 2 ** octaves;
  return {
    nodes: Math.min(length / 2, Math.floor(range / spacing) + MARGIN),
    length,
    spacing,
    corner: [lowX, lowY],
    middle: [(lowX + highX) / 2, (lowY + highY) / 2],
  };
}
