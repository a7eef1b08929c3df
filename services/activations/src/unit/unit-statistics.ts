/** Statistics of the units of all layers over the population, each [units] float32. */
export interface UnitStatistics {
  readonly mean: Float32Array;
  readonly standardDeviation: Float32Array;
  readonly min: Float32Array;
  readonly max: Float32Array;
  /** Pearson correlation of response and loss over the rows that have one; 0 without loss or variance. */
  readonly lossCorrelation: Float32Array;
}

/** Sums over the rows of one shard; they add up to the statistics of the population. */
// A type, because JSON is not assignable to an interface.
export type UnitSums = {
  readonly min: readonly number[];
  readonly max: readonly number[];
  readonly rowsWithLoss: number;
  readonly loss: number;
  readonly lossSquared: number;
  /** Σ c, Σ c², Σ c·loss over the rows with loss, where c is the response less the population's mean. */
  readonly response: readonly number[];
  readonly responseSquared: readonly number[];
  readonly responseLoss: readonly number[];
};

/** The sums of responses [rows, d]; `losses` [rows] holds NaN where a row has no loss. */
export function unitSums(
  responses: Float32Array,
  mean: Float64Array,
  losses: Float32Array | undefined,
): UnitSums {
  const d = mean.length;
  const rows = responses.length / d;
  const min = new Array<number>(d).fill(Infinity);
  const max = new Array<number>(d).fill(-Infinity);
  const [response, responseSquared, responseLoss] = [
    new Float64Array(d),
    new Float64Array(d),
    new Float64Array(d),
  ];
  let rowsWithLoss = 0;
  let lossSum = 0;
  let lossSquared = 0;
  for (let i = 0; i < rows; i++) {
    const loss = losses?.[i] ?? NaN;
    const hasLoss = Number.isFinite(loss);
    if (hasLoss) {
      rowsWithLoss++;
      lossSum += loss;
      lossSquared += loss * loss;
    }
    for (let j = 0, at = i * d; j < d; j++, at++) {
      const value = responses[at]!;
      if (value < min[j]!) min[j] = value;
      if (value > max[j]!) max[j] = value;
      if (!hasLoss) continue;
      const centred = value - mean[j]!;
      response[j]! += centred;
      responseSquared[j]! += centred * centred;
      responseLoss[j]! += centred * loss;
    }
  }
  return {
    min,
    max,
    rowsWithLoss,
    loss: lossSum,
    lossSquared,
    response: Array.from(response),
    responseSquared: Array.from(responseSquared),
    responseLoss: Array.from(responseLoss),
  };
}

/**
 * The statistics of the population from the sums of its shards, in order; `mean` and `variance` [units] come
 * from the moments.
 */
export function toStatistics(
  shards: readonly UnitSums[],
  mean: Float64Array,
  variance: Float64Array,
): UnitStatistics {
  const total = (pick: (shard: UnitSums) => number): number =>
    shards.reduce((sum, shard) => sum + pick(shard), 0);
  const n = total((s) => s.rowsWithLoss);
  const loss = total((s) => s.loss);
  const lossSpread = n * total((s) => s.lossSquared) - loss * loss;
  const lossCorrelation = Float32Array.from(mean, (_, j) => {
    const response = total((s) => s.response[j]!);
    const spread = n * total((s) => s.responseSquared[j]!) - response * response;
    if (!(lossSpread > 0 && spread > 1e-12 * n * n)) return 0;
    return (n * total((s) => s.responseLoss[j]!) - response * loss) / Math.sqrt(spread * lossSpread);
  });
  return {
    mean: Float32Array.from(mean),
    standardDeviation: Float32Array.from(variance, Math.sqrt),
    min: Float32Array.from(mean, (_, j) => Math.min(...shards.map((s) => s.min[j]!))),
    max: Float32Array.from(mean, (_, j) => Math.max(...shards.map((s) => s.max[j]!))),
    lossCorrelation,
  };
}

/** One bin of a histogram: low included, high included only in the last. */
export interface HistogramBin {
  readonly low: number;
  readonly high: number;
  readonly count: number;
}

/** The bin of a value in equal bins of that width from `low` on. */
export const binAt = (value: number, low: number, width: number, bins: number): number =>
  Math.min(bins - 1, Math.floor((value - low) / width));

/** Which bin of the histogram a value of its population is in. */
export function createBinning(bins: readonly HistogramBin[]): (value: number) => number {
  const low = bins[0]?.low ?? 0;
  const width = ((bins.at(-1)?.high ?? 0) - low) / bins.length;
  return width > 0 ? (value) => binAt(value, low, width, bins.length) : () => 0;
}

/** Equal bins from the smallest to the largest value; one bin when all values are the same. */
export function histogram(values: Float32Array, bins: number): HistogramBin[] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (!(high > low)) return values.length === 0 ? [] : [{ low, high, count: values.length }];
  const counts = new Array<number>(bins).fill(0);
  const width = (high - low) / bins;
  for (const value of values) counts[binAt(value, low, width, bins)]!++;
  return toBins(counts, low, high);
}

/** Equal bins from `low` to `high` with their counts. */
export function toBins(counts: readonly number[], low: number, high: number): HistogramBin[] {
  const width = (high - low) / counts.length;
  return counts.map((count, i) => ({
    low: low + i * width,
    high: i === counts.length - 1 ? high : low + (i + 1) * width,
    count,
  }));
}
