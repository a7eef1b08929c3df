import { DomainError } from '@noema/kernel';
import type { HeatMap } from './feature-map.js';

/**
 * Resizes the map, bilinear between pixel centres (`resize` in half-pixel mode); at the border the nearest
 * value.
 */
export function upsample({ data, height, width }: HeatMap, toHeight: number, toWidth: number): HeatMap {
  const rows = computeSamples(height, toHeight);
  const columns = computeSamples(width, toWidth);
  const result = new Float32Array(toHeight * toWidth);
  for (let y = 0; y < toHeight; y++) {
    const top = rows.low[y]! * width;
    const bottom = rows.high[y]! * width;
    const v = rows.part[y]!;
    for (let x = 0; x < toWidth; x++) {
      const left = columns.low[x]!;
      const right = columns.high[x]!;
      const u = columns.part[x]!;
      const above = data[top + left]! * (1 - u) + data[top + right]! * u;
      const below = data[bottom + left]! * (1 - u) + data[bottom + right]! * u;
      result[y * toWidth + x] = above * (1 - v) + below * v;
    }
  }
  return { data: result, height: toHeight, width: toWidth };
}

/** Returns for every target pixel its two neighbours and its relative position between them. */
function computeSamples(
  size: number,
  toSize: number,
): { low: Int32Array; high: Int32Array; part: Float64Array } {
  const low = new Int32Array(toSize);
  const high = new Int32Array(toSize);
  const part = new Float64Array(toSize);
  for (let i = 0; i < toSize; i++) {
    const at = Math.min(Math.max(((i + 0.5) * size) / toSize - 0.5, 0), size - 1);
    low[i] = Math.floor(at);
    high[i] = Math.min(low[i]! + 1, size - 1);
    part[i] = at - low[i]!;
  }
  return { low, high, part };
}

/**
 * Divides the map by its largest magnitude, so that values are in [−1, 1] and 0 stays 0. A map of zeros is
 * unchanged. Multiply by `peak` to undo it.
 */
export function normalised({ data, height, width }: HeatMap): {
  readonly map: HeatMap;
  readonly peak: number;
} {
  let peak = 0;
  for (let i = 0; i < data.length; i++) peak = Math.max(peak, Math.abs(data[i]!));
  return { map: { data: peak > 0 ? data.map((value) => value / peak) : data.slice(), height, width }, peak };
}

/**
 * Returns positions in descending order; equal ones in the order of `ties` [positions], a permutation, so
 * that no corner is preferred.
 */
export function hottestFirst({ data }: HeatMap, ties: Uint32Array): Uint32Array {
  if (ties.length !== data.length)
    throw new DomainError(
      'invalid',
      'TIES_SHAPE',
      `${ties.length} tie ranks do not fit ${data.length} positions`,
    );
  return ties.slice().sort((a, b) => data[b]! - data[a]!);
}
