/** Distribution of the values of one weight. */
export interface WeightStatistics {
  /** `layer/weight`. */
  readonly name: string;
  readonly layer: string;
  readonly dims: readonly number[];
  /** False for moving statistics and frozen weights. */
  readonly trainable: boolean;
  /** Number of finite values, which all that follow covers. */
  readonly finiteCount: number;
  readonly nanCount: number;
  readonly infiniteCount: number;
  readonly zeroCount: number;
  readonly mean: number;
  /** With divisor n. */
  readonly standardDeviation: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Bins of equal width from `minimum` to `maximum`; one if both are equal, none without finite values. */
  readonly binCounts: readonly number[];
}

/** Something that a model cannot be used for. */
export interface ModelLimit {
  readonly capability: string;
  /** Stable code. */
  readonly reason: string;
  readonly message: string;
}

/** Format in which a version leaves the platform. */
export interface ModelExport {
  readonly format: 'onnx' | 'keras';
  /** Version of the operators of ONNX. */
  readonly opset: number;
}

const BINS = 40;

/** Returns the distribution of the values of a weight. */
export function weightStatistics(
  values: Float32Array,
  weight: Pick<WeightStatistics, 'name' | 'layer' | 'dims' | 'trainable'>,
): WeightStatistics {
  const range = countValues(values);
  const { finiteCount, mean, minimum, maximum } = range;
  const width = (maximum - minimum) / BINS;
  const bins = finiteCount === 0 ? 0 : width > 0 ? BINS : 1;
  const binCounts = Array<number>(bins).fill(0);
  let squares = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    squares += (value - mean) ** 2;
    binCounts[width > 0 ? Math.min(bins - 1, Math.floor((value - minimum) / width)) : 0]!++;
  }
  const standardDeviation = finiteCount === 0 ? 0 : Math.sqrt(squares / finiteCount);
  return { ...weight, ...range, standardDeviation, binCounts };
}

function countValues(values: Float32Array) {
  let [finiteCount, nanCount, zeroCount, sum] = [0, 0, 0, 0];
  let [minimum, maximum] = [Infinity, -Infinity];
  for (const value of values) {
    if (Number.isNaN(value)) nanCount++;
    if (!Number.isFinite(value)) continue;
    finiteCount++;
    if (value === 0) zeroCount++;
    sum += value;
    minimum = Math.min(minimum, value);
    maximum = Math.max(maximum, value);
  }
  const counts = { finiteCount, nanCount, zeroCount, infiniteCount: values.length - finiteCount - nanCount };
  return finiteCount === 0
    ? { ...counts, mean: 0, minimum: 0, maximum: 0 }
    : { ...counts, mean: sum / finiteCount, minimum, maximum };
}
