import type { NumberScale } from './number-scale.js';
import type { BitMask } from './bit-mask.js';

/** Points in bins of equal width on a scale: of all, and of those that are in the mask. */
export interface Histogram { readonly all: Uint32Array; readonly shown: Uint32Array; /** Points without a value. */ readonly missing: number }

/** Counts numbers in bins; without a mask all are shown. */
export function histogramOf(values: Float32Array, scale: NumberScale, bins: number, mask?: BitMask): Histogram {
  const all = new Uint32Array(bins);
  const shown = new Uint32Array(bins);
  let missing = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) { missing++; continue; }
    const bin = Math.min(bins - 1, Math.floor(scale.share(value) * bins));
    all[bin] = all[bin]! + 1;
    if (mask === undefined || (mask[i >> 3]! & (1 << (i & 7))) !== 0) shown[bin] = shown[bin]! + 1;
  }
  return { all, shown, missing };
}

/** Heights of bars, 0 to 1, by the square root of the counts, so that a few are still seen beside many. */
export function barHeights(counts: Uint32Array, most = Math.max(1, ...counts)): number[] {
  return Array.from(counts, (count) => (count === 0 ? 0 : Math.max(0.03, Math.sqrt(count / most))));
}
