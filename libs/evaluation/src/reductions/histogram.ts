import { checkCount, checkRows, optionInvalid } from '../evaluation.errors.js';

/** Bins of equal width; each includes its lower edge, the last one both. */
export interface Histogram {
  /** [bins + 1], rising. */
  readonly edges: Float64Array;
  /** [bins] */
  readonly counts: Float64Array;
}

export interface BinRange {
  readonly low: number;
  readonly high: number;
  readonly bins: number;
}

/** Counts the values in `low`…`high`; others are left out. Throws `invalid` OPTION_INVALID. */
export function computeHistogram(
  values: Float32Array | Float64Array,
  { low, high, bins }: BinRange,
  isCounted: (row: number) => boolean = () => true,
): Histogram {
  checkCount('bins', bins, 1);
  if (!(Number.isFinite(low) && Number.isFinite(high) && low < high))
    throw optionInvalid('range', `${low} to ${high}`, 'two finite numbers, the lower one first');
  const edges = equalEdges({ low, high, bins });
  const counts = new Float64Array(bins);
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!;
    if (value >= low && value <= high && isCounted(row)) counts[binAt(edges, value)]!++;
  }
  return { edges, counts };
}

/** Edges [bins + 1] of bins of equal width. */
export function equalEdges({ low, high, bins }: BinRange): Float64Array {
  const step = (high - low) / bins;
  return Float64Array.from({ length: bins + 1 }, (_, i) => (i === bins ? high : low + i * step));
}

/**
 * Index of the bin of a value within the edges. The division may miss the bin by one next to an edge; the edges
 * decide.
 */
export function binAt(edges: Float64Array, value: number): number {
  const bins = edges.length - 1;
  const [low, high] = [edges[0]!, edges[bins]!];
  let bin = Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins));
  while (bin > 0 && value < edges[bin]!) bin--;
  while (bin < bins - 1 && value >= edges[bin + 1]!) bin++;
  return bin;
}

/** Confidences of correct and of misclassified samples, in equal bins from 0 to 1. */
export function confidenceHistogram(
  confidence: Float32Array | Float64Array,
  correct: Uint8Array,
  bins = 20,
): { readonly edges: Float64Array; readonly correct: Float64Array; readonly misclassified: Float64Array } {
  checkRows(confidence.length, { correct });
  const range = { low: 0, high: 1, bins };
  const right = computeHistogram(confidence, range, (row) => correct[row] === 1);
  const wrong = computeHistogram(confidence, range, (row) => correct[row] !== 1);
  return { edges: right.edges, correct: right.counts, misclassified: wrong.counts };
}

/** Counts of pairs in cells of equal size, [bins of y, bins of x], row-major; other pairs are left out. */
export function computeHistogram2d(
  x: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  ranges: { readonly x: BinRange; readonly y: BinRange },
): { readonly xEdges: Float64Array; readonly yEdges: Float64Array; readonly counts: Float64Array } {
  checkRows(x.length, { y });
  const [xEdges, yEdges] = [
    computeHistogram(new Float64Array(), ranges.x).edges,
    computeHistogram(new Float64Array(), ranges.y).edges,
  ];
  const counts = new Float64Array(ranges.x.bins * ranges.y.bins);
  for (let row = 0; row < x.length; row++) {
    const a = x[row]!;
    const b = y[row]!;
    if (!(a >= ranges.x.low && a <= ranges.x.high && b >= ranges.y.low && b <= ranges.y.high)) continue;
    counts[binAt(yEdges, b) * ranges.x.bins + binAt(xEdges, a)]!++;
  }
  return { xEdges, yEdges, counts };
}
