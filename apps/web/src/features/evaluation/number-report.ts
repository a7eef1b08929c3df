import { computeHistogram, type Outputs, reportRegression } from '@noema/evaluation';
import {
  intervalOfMean,
  intervalOfStatistic,
  MAX_STATISTIC_ROWS,
  type Measure,
  measureMean,
} from './measures.js';
import type { HistogramBin, NumberReport } from './report.js';

/** Points of predicted against true that are drawn. */
const MAX_POINTS = 1_500;
const BINS = 40;

interface Numbers {
  readonly truth: Float64Array;
  readonly predicted: Float64Array;
}

/** One output of the rows. */
export function pickNumbers({ targets, scores, width }: Outputs, rows: Uint32Array, output: number): Numbers {
  const read = (values: ArrayLike<number>): Float64Array =>
    Float64Array.from(rows, (row) => values[row * width + output]!);
  return {
    truth: targets === undefined ? new Float64Array(rows.length).fill(NaN) : read(targets),
    predicted: read(scores),
  };
}

/** MAE, RMSE, R² and mean residual of one output, each against the other version where there is one. */
export function measureNumbers(now: Numbers, before: Numbers | undefined): Measure[] {
  const { n, rootMeanSquaredError, r2 } = reportRegression(now.truth, now.predicted);
  const size = (numbers: Numbers, power: 1 | 2): Float64Array =>
    numbers.truth.map((truth, i) => Math.abs(truth - numbers.predicted[i]!) ** power);
  const residual = (numbers: Numbers): Float64Array =>
    numbers.truth.map((truth, i) => truth - numbers.predicted[i]!);
  const squares = size(now, 2);
  const squareInterval = intervalOfMean(squares);
  const reason =
    n < 2
      ? 'no interval with fewer than 2 samples'
      : n > MAX_STATISTIC_ROWS
        ? 'no interval above 20,000 samples'
        : undefined;
  const interval = intervalOfStatistic(finiteColumns([squares, ...moments(now.truth)]), ([a, b, c], count) =>
    determination(a!, b!, c!, count),
  );
  return [
    measureMean('mean absolute error', size(now, 1), before && size(before, 1)),
    {
      name: 'root mean squared error',
      isShare: false,
      value: rootMeanSquaredError,
      n,
      interval:
        n < 2
          ? undefined
          : { low: Math.sqrt(Math.max(0, squareInterval.low)), high: Math.sqrt(squareInterval.high) },
      note: n < 2 ? reason : undefined,
      difference: before && differenceOfSums(now, before, (square, _, count) => Math.sqrt(square / count)),
    },
    {
      name: 'R²',
      isShare: false,
      value: r2,
      n,
      interval,
      note: reason ?? (interval === undefined ? 'no interval: the true numbers hardly differ' : undefined),
      difference:
        before &&
        differenceOfSums(now, before, (square, [sum, squared], count) =>
          determination(square, sum, squared, count),
        ),
    },
    measureMean('mean residual', residual(now), before && residual(before)),
  ];

  function differenceOfSums(
    own: Numbers,
    other: Numbers,
    statistic: (square: number, truth: readonly [number, number], count: number) => number,
  ) {
    const columns = finiteColumns([size(own, 2), size(other, 2), ...moments(own.truth)]);
    const count = columns[0]!.length;
    const difference = (sums: readonly number[], of: number): number =>
      statistic(sums[0]!, [sums[2]!, sums[3]!], of) - statistic(sums[1]!, [sums[2]!, sums[3]!], of);
    const sums = columns.map((column) => column.reduce((sum, value) => sum + value, 0));
    return { value: difference(sums, count), n: count, interval: intervalOfStatistic(columns, difference) };
  }
}

/** The truth around its mean, so that the sum of squares keeps its digits. */
function moments(truth: Float64Array): [Float64Array, Float64Array] {
  const finite = truth.filter(Number.isFinite);
  const mean = finite.reduce((sum, value) => sum + value, 0) / finite.length;
  const around = truth.map((value) => value - mean);
  return [around, around.map((value) => value * value)];
}

const determination = (square: number, sum: number, squared: number, count: number): number =>
  1 - square / (squared - (sum * sum) / count);

/** The rows of which all columns are finite. */
function finiteColumns(columns: readonly Float64Array[]): Float64Array[] {
  const known = [...columns[0]!.keys()].filter((row) =>
    columns.every((column) => Number.isFinite(column[row])),
  );
  return columns.map((column) => Float64Array.from(known, (row) => column[row]!));
}

/** Returns residuals and points of one output of a regression. */
export function reportNumbers(
  { truth, predicted }: Numbers,
  rows: Uint32Array,
  outputs: number,
): NumberReport {
  const residuals = truth.map((value, i) => value - predicted[i]!);
  const known = [...rows.keys()].filter((i) => Number.isFinite(residuals[i]));
  const step = Math.max(1, known.length / MAX_POINTS);
  return {
    outputs,
    residuals: histogramBins(residuals),
    points: Array.from({ length: Math.min(known.length, MAX_POINTS) }, (_, at) => {
      const i = known[Math.floor(at * step)]!;
      return { truth: truth[i]!, predicted: predicted[i]!, row: rows[i]! };
    }),
    n: known.length,
  };
}

/** Bins of equal width over the finite values. */
export function histogramBins(values: Float64Array, bins = BINS): HistogramBin[] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [];
  const ends = low === high ? { low: low - 0.5, high: high + 0.5 } : { low, high };
  const { edges, counts } = computeHistogram(values, { ...ends, bins });
  return Array.from(counts, (count, bin) => ({ low: edges[bin]!, high: edges[bin + 1]!, count }));
}
