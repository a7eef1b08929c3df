import { seededRandom } from '@noema/kernel/random';
import { fitIsotonic } from '../statistics/isotonic.js';
import { quantileBins } from '../statistics/quantile-bins.js';

/** Bins of density, resamples, and the part of them on each side of the 80 % interval. */
const [BINS, RESAMPLES, TAIL] = [20, 100, 0.1];
/** No curve is extended to a group that grows more than this. */
const MAX_GROWTH = 1000;
/** Fewer samples fit no curve. */
const MIN_ROWS = 100;

/** Samples with the density of training samples around them. */
export interface CurveData {
  readonly logDensities: Float64Array;
  readonly losses: Float64Array;
}

/** How many training samples a group needs until its mean loss is that of the others. */
export interface Need {
  /** Exponent b of loss ≈ a · density^−b. */
  readonly exponent: number;
  /** Infinite where more samples would not help, or 1,000 times as many would not do. */
  readonly add: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Fits the power law loss ≈ a · density^−b: mean losses in bins of density, made to fall by isotonic regression, then
 * least squares of their logarithms, each bin by its number of samples. Undefined with fewer than 100 samples or equal
 * densities. Zero where the loss does not fall.
 */
export function fitExponent({ logDensities, losses }: CurveData): number | undefined {
  const { codes, edges } = quantileBins(logDensities, BINS);
  if (losses.length < MIN_ROWS || edges.length === 0) return undefined;
  const bins = Array.from({ length: edges.length + 1 }, () => ({ count: 0, density: 0, loss: 0 }));
  codes.forEach((code, at) => {
    const bin = bins[code]!;
    bin.count++;
    bin.density += (logDensities[at]! - bin.density) / bin.count;
    bin.loss += (losses[at]! - bin.loss) / bin.count;
  });
  const filled = bins.filter(({ count, loss }) => count > 0 && loss > 0);
  const x = Float64Array.from(filled, ({ density }) => -density);
  const weights = Float64Array.from(filled, ({ count }) => count);
  const fit = fitIsotonic(
    x,
    Float64Array.from(filled, ({ loss }) => loss),
    weights,
  );
  const y = x.map((value) => Math.log(fit.predict(value)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const mean = (values: Float64Array): number =>
    values.reduce((sum, value, at) => sum + (weights[at]! * value) / total, 0);
  const [meanX, meanY] = [mean(x), mean(y)];
  const variance = mean(x.map((value) => (value - meanX) ** 2));
  if (variance < 1e-12) return undefined;
  return mean(x.map((value, at) => (value - meanX) * (y[at]! - meanY))) / variance;
}

/** A fitted curve, and exponents of resamples. */
export interface Curve {
  readonly exponent: number;
  readonly resampled: readonly number[];
}

/** Fits the curve and 100 resamples of its data; undefined where there is none. */
export function fitCurve(data: CurveData, seed: number): Curve | undefined {
  const exponent = fitExponent(data);
  if (exponent === undefined) return undefined;
  const random = seededRandom(seed, 121);
  const n = data.losses.length;
  const resampled = Array.from({ length: RESAMPLES }, () => {
    const rows = drawRows(n, random);
    const pick = (values: Float64Array) => Float64Array.from(rows, (row) => values[row]!);
    return fitExponent({ logDensities: pick(data.logDensities), losses: pick(data.losses) }) ?? exponent;
  });
  return { exponent, resampled };
}

const drawRows = (n: number, random: () => number): Int32Array =>
  Int32Array.from({ length: n }, () => Math.floor(random() * n));

/**
 * Returns how many samples to add to a group with `count` training samples until its mean loss is `target`: its density
 * grows by the factor (loss / target)^(1/b). The 80 % interval comes from resamples of the curve and of the losses of
 * the group. Undefined without losses.
 */
export function estimateNeed(
  { exponent, resampled }: Curve,
  group: { readonly count: number; readonly losses: Float64Array; readonly target: number },
  seed: number,
): Need | undefined {
  const { count, losses, target } = group;
  if (losses.length === 0 || !(target > 0)) return undefined;
  const grow = (b: number, meanLoss: number): number => {
    if (meanLoss <= target) return 0;
    const growth = b <= 0 ? Infinity : (meanLoss / target) ** (1 / b);
    return growth > MAX_GROWTH ? Infinity : Math.max(1, count) * (growth - 1);
  };
  const mean = (rows: ArrayLike<number>): number => {
    let sum = 0;
    for (let at = 0; at < rows.length; at++) sum += losses[rows[at]!]! / rows.length;
    return sum;
  };
  const random = seededRandom(seed, 122);
  const needs = resampled.map((b) => grow(b, mean(drawRows(losses.length, random)))).sort((a, b) => a - b);
  const at = (share: number): number => needs[Math.round(share * (needs.length - 1))]!;
  const all = Int32Array.from(losses.keys());
  return { exponent, add: grow(exponent, mean(all)), low: at(TAIL), high: at(1 - TAIL) };
}
