import { DomainError } from '@noema/kernel';
import type { HeatMap } from './feature-map.js';

/** The map at another size, bilinear between pixel centres (as `resize` in half-pixel mode); at the border the nearest value. */
export function upsample({ data, height, width }: HeatMap, toHeight: number, toWidth: number): HeatMap {
  const rows = samplesOf(height, toHeight), columns = samplesOf(width, toWidth);
  const result = new Float32Array(toHeight * toWidth);
  rows.forEach(({ low: y0, high: y1, part: v }, y) => {
    columns.forEach(({ low: x0, high: x1, part: u }, x) => {
      const top = data[y0 * width + x0]! * (1 - u) + data[y0 * width + x1]! * u;
      const bottom = data[y1 * width + x0]! * (1 - u) + data[y1 * width + x1]! * u;
      result[y * toWidth + x] = top * (1 - v) + bottom * v;
    });
  });
  return { data: result, height: toHeight, width: toWidth };
}

function samplesOf(size: number, toSize: number): { low: number; high: number; part: number }[] {
  return Array.from({ length: toSize }, (_, i) => {
    const at = Math.min(Math.max(((i + 0.5) * size) / toSize - 0.5, 0), size - 1), low = Math.floor(at);
    return { low, high: Math.min(low + 1, size - 1), part: at - low };
  });
}

/** The map divided by its largest magnitude, so that values lie in [−1, 1] and 0 stays 0; a map of zeros stays one. `peak` undoes it. */
export function normalised({ data, height, width }: HeatMap): { readonly map: HeatMap; readonly peak: number } {
  const peak = data.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return { map: { data: peak > 0 ? data.map((value) => value / peak) : data.slice(), height, width }, peak };
}

/** Positions from the hottest to the coldest; equal ones in the order of `ties` [positions], a permutation, so that no corner is favoured. */
export function hottestFirst({ data }: HeatMap, ties: Uint32Array): Uint32Array {
  if (ties.length !== data.length) throw new DomainError('invalid', 'TIES_SHAPE', `${ties.length} tie ranks do not fit ${data.length} positions`);
  return ties.slice().sort((a, b) => data[b]! - data[a]!);
}
