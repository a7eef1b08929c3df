import type { LinePoint } from '../../parts/charts/line-series.js';

/** Largest weight of the values before; 1 would never follow the values. */
export const MAX_SMOOTHING = 0.99;

/**
 * The exponential moving average of a line, `weight` 0 to below 1: each value is the mean of all values up to it,
 * of which an earlier one counts `weight` times the next. It is debiased as in Kingma & Ba 2015, so that the first
 * values do not lean to 0. Values that are not finite stay and do not count.
 */
export function smoothLine(points: readonly LinePoint[], weight: number): LinePoint[] {
  let sum = 0;
  let total = 0;
  return points.map(({ x, y }) => {
    if (!Number.isFinite(y)) return { x, y };
    sum = weight * sum + (1 - weight) * y;
    total = weight * total + (1 - weight);
    return { x, y: sum / total };
  });
}
