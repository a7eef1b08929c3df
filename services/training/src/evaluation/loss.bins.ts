export interface LossBin {
  /** Lower bound, included. */
  readonly low: number;
  /** Upper bound, included only in the last bin. */
  readonly high: number;
  count: number;
}

const BINS = 24;
/** Losses below this share of the largest all lie in the first bin. */
const SMALLEST = 1e-9;

/**
 * Edges of 24 bins that are equal in the logarithm of the loss from the smallest to the largest, rising; the
 * first begins at 0 when there is a loss of 0. Equal in the loss itself when there are negative ones. No
 * edges without losses, one bin when all are the same.
 */
export function lossEdges(smallest: number, smallestPositive: number, largest: number): readonly number[] {
  if (!(smallest <= largest)) return [];
  if (smallest === largest) return [smallest, largest];
  const from = smallest < 0 ? smallest : Math.max(smallestPositive, largest * SMALLEST);
  const at = (i: number): number =>
    smallest < 0 ? from + ((largest - from) * i) / BINS : from * (largest / from) ** (i / BINS);
  return [smallest, ...Array.from({ length: BINS - 1 }, (_, i) => at(i + 1)), largest];
}

/** Counts losses of a part of the population, given in rising order. */
export function countLosses(edges: readonly number[], rising: ArrayLike<number>): LossBin[] {
  const bins = edges.slice(1).map((high, i): LossBin => ({ low: edges[i]!, high, count: 0 }));
  for (let i = 0, bin = 0; i < rising.length; i++) {
    while (bin < bins.length - 1 && rising[i]! >= bins[bin]!.high) bin++;
    bins[bin]!.count++;
  }
  return bins;
}
