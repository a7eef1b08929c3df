import { FFT_LENGTHS } from './column-fft.js';

/**
 * A square grid over a map: `nodes` a side at distance `spacing`, transformed with `length` values a side, at
 * least twice the nodes.
 */
export interface GridShape {
  readonly nodes: number;
  readonly length: number;
  readonly spacing: number;
  /** Coordinates of the node (1, 1), the map's lower corner. */
  readonly corner: readonly [number, number];
  /** The middle of the map. */
  readonly middle: readonly [number, number];
}

/** The widest distance of nodes: the kernels change over a distance of 1. */
const WIDEST = 0.5;
/** Nodes a side at least. */
const FEWEST = 32;
/** Nodes beyond the range: one before the first point, two after the last. */
const MARGIN = 4;

/**
 * The largest side of a transform and of a grid; beyond some 500 units of range the spacing grows instead.
 */
export const MAX_LENGTH = FFT_LENGTHS.at(-1)!;
export const MAX_NODES = MAX_LENGTH / 2;

/**
 * Shape of the grid for coordinates [n, 2]. Spacings go in eighths of an octave, so that the kernels'
 * transforms serve for many steps.
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
