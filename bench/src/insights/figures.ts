import { computeMoments, type Interval, meanInterval, wilsonInterval } from '@noema/evaluation';
import type { BenchRow } from './insight.bench.js';

/** The limit of a number: one of both. */
export type Reach = { readonly atLeast: number } | { readonly atMost: number } | undefined;

/** A row about a share: `successes` of `trials` with its interval (Wilson). */
export function judgeShare(what: string, successes: number, trials: number, reach?: Reach): BenchRow {
  const share = trials === 0 ? NaN : successes / trials;
  const range = formatInterval(wilsonInterval(successes, trials));
  return toRow(what, share, `${formatNumber(share)} ${range}, ${successes} of ${trials}`, reach);
}

/** A row about the mean of some numbers with its interval (Student). */
export function judgeMean(what: string, values: readonly number[], reach?: Reach): BenchRow {
  const { mean, n } = computeMoments(Float64Array.from(values));
  const range = n < 2 ? '' : ` ${formatInterval(meanInterval(computeMoments(Float64Array.from(values))))}`;
  return toRow(what, mean, `${formatNumber(mean)}${range}, n = ${n}`, reach);
}

/** A row about one number, such as seconds or MiB. */
export const judgeValue = (what: string, value: number, unit: string, reach?: Reach): BenchRow =>
  toRow(what, value, `${formatNumber(value)}${unit && ` ${unit}`}`, reach);

/** NaN reaches no limit. */
function toRow(what: string, value: number, figure: string, reach: Reach): BenchRow {
  if (reach === undefined) return { what, figure, reach: '', ok: true };
  return 'atLeast' in reach
    ? { what, figure, reach: `≥ ${reach.atLeast}`, ok: value >= reach.atLeast }
    : { what, figure, reach: `≤ ${reach.atMost}`, ok: value <= reach.atMost };
}

export const formatInterval = ({ low, high }: Interval): string =>
  `(${formatNumber(low)}–${formatNumber(high)})`;

/** Three decimals below 1, three digits above. */
export const formatNumber = (value: number): string =>
  String(Number(Math.abs(value) < 1 ? value.toFixed(3) : value.toPrecision(Math.abs(value) < 100 ? 3 : 4)));
