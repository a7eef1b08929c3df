import { encodeBytes } from './byte-encoding.js';
import type { NumberScale } from '../../../parts/scales/number-scale.js';
import type { BitMask } from '../points/bit-mask.js';

/** Points in bins of equal width on a scale: of all points, and of the points in the mask. */
export interface Histogram {
  readonly all: Uint32Array;
  readonly shown: Uint32Array /** Points without a value. */;
  readonly missing: number;
}

/** Bins at most. */
const MAX_BINS = 255;
const MISSING_BIN = 255;

/** The bin of every number on a scale, for up to 255 bins; 255 for those without a value. */
export function assignBins(values: Float32Array, scale: NumberScale, bins: number): Uint8Array {
  const last = Math.min(bins, MAX_BINS) - 1;
  return encodeBytes(values, (value) =>
    Number.isNaN(value) ? MISSING_BIN : Math.min(last, Math.floor(scale.share(value) * bins)),
  );
}

/** Counts the points in each bin; without a mask all are shown. */
export function computeHistogram(binByPoint: Uint8Array, bins: number, mask?: BitMask): Histogram {
  const all = new Uint32Array(MISSING_BIN + 1);
  const shown = mask === undefined ? all : new Uint32Array(MISSING_BIN + 1);
  for (let i = 0; i < binByPoint.length; i++) all[binByPoint[i]!]!++;
  if (mask !== undefined)
    for (let i = 0; i < binByPoint.length; i++) shown[binByPoint[i]!]! += (mask[i >> 3]! >> (i & 7)) & 1;
  return { all: all.slice(0, bins), shown: shown.slice(0, bins), missing: all[MISSING_BIN]! };
}

/** Heights of bars, 0 to 1, by the square root of the counts, so that a few are still seen next to many. */
export function barHeights(counts: Uint32Array, most = Math.max(1, ...counts)): number[] {
  return Array.from(counts, (count) => (count === 0 ? 0 : Math.max(0.03, Math.sqrt(count / most))));
}
