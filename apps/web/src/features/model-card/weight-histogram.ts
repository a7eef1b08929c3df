import type { WeightStatistics } from '@noema/contracts/noema/training/v1/model';
import { count, counted, value } from '../../parts/numbers.js';

/** Range of values along the axis of a histogram. */
export type Domain = readonly [number, number];

/** The range that covers the finite values of all weights; undefined if none is finite. */
export function sharedDomain(weights: readonly WeightStatistics[]): Domain | undefined {
  const finite = weights.filter(({ finiteCount }) => finiteCount > 0n);
  if (finite.length === 0) return undefined;
  const [from, to] = [
    Math.min(...finite.map(({ minimum }) => minimum)),
    Math.max(...finite.map(({ maximum }) => maximum)),
  ];
  // Equal values get a range, in whose middle they are.
  const margin = from === to ? Math.max(Math.abs(from) * 0.1, 1e-6) : 0;
  return [from - margin, to + margin];
}

/** A bar of a histogram, in shares of the width and of the highest density. */
export interface Bar {
  readonly left: number;
  readonly width: number;
  readonly height: number;
}

/** Narrowest bar that is drawn, as a share of the width. */
const MIN_WIDTH = 0.012;

/** The bars of a weight over a domain. Heights are densities, so that histograms of other ranges compare. */
export function histogramBars(
  { binCounts, minimum, maximum }: Pick<WeightStatistics, 'binCounts' | 'minimum' | 'maximum'>,
  [from, to]: Domain,
): Bar[] {
  const most = binCounts.reduce((max, one) => (one > max ? one : max), 1n);
  const width = (maximum - minimum) / binCounts.length;
  return binCounts.flatMap((bin, i) => {
    if (bin === 0n) return [];
    const left = (minimum + i * width - from) / (to - from);
    const share = width / (to - from);
    const drawn = Math.max(MIN_WIDTH, share);
    return [
      {
        left: Math.min(1 - drawn, left - (drawn - share) / 2),
        width: drawn,
        height: Number(bin) / Number(most),
      },
    ];
  });
}

/** The weight in words: `mean 0.012, deviation 0.21, from −1.2 to 1.1`. */
export function weightText({
  finiteCount,
  mean,
  standardDeviation,
  minimum,
  maximum,
}: WeightStatistics): string {
  if (finiteCount === 0n) return 'no finite value';
  return `mean ${value(mean)}, deviation ${value(standardDeviation)}, from ${value(minimum)} to ${value(maximum)}`;
}

/** Number of values of a weight that are not finite, in words; undefined if all are finite. */
export function nonFiniteText({ nanCount, infiniteCount }: WeightStatistics): string | undefined {
  const parts = [
    ...(nanCount > 0n ? [`${count(Number(nanCount))} NaN`] : []),
    ...(infiniteCount > 0n ? [counted(Number(infiniteCount), 'infinity', 'infinities')] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(', ');
}
