import type { Interpolation } from './preprocessing.js';

interface Filter {
  /** Pixels to each side that count. */
  readonly support: number;
  readonly at: (distance: number) => number;
}

const FILTERS: Readonly<Record<Exclude<Interpolation, 'nearest'>, Filter>> = {
  bilinear: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, at: (x) => cubic(Math.abs(x)) },
};

/** Keys' cubic convolution with a = −0.5 (Keys 1981). */
const cubic = (x: number): number =>
  x < 1 ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0;

/**
 * Weights `[to, from]`, row-major, that resize an axis as Pillow's `resize` does: pixels have their centre at
 * half, and a filter widens where an axis shrinks. Each row sums to 1.
 */
export function resizeWeights(from: number, to: number, interpolation: Interpolation): Float32Array {
  const weights = new Float32Array(to * from);
  const step = from / to;
  for (let p = 0; p < to; p++) {
    const centre = (p + 0.5) * step;
    if (interpolation === 'nearest') {
      weights[p * from + Math.min(Math.floor(centre), from - 1)] = 1;
      continue;
    }
    const { support, at } = FILTERS[interpolation];
    const width = Math.max(step, 1);
    const low = Math.max(0, Math.trunc(centre - support * width + 0.5));
    const high = Math.min(from, Math.trunc(centre + support * width + 0.5));
    const own = Array.from({ length: high - low }, (_, i) => at((low + i + 0.5 - centre) / width));
    const sum = own.reduce((a, b) => a + b, 0);
    own.forEach((weight, i) => (weights[p * from + low + i] = weight / sum));
  }
  return weights;
}
