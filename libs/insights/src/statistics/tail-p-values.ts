import { countBelow } from '@noema/kernel/sorted-search';

/** Share of the calibration scores that describes the tail, and the least number of them. */
const [TAIL, MIN_TAIL] = [0.1, 10];
/** A larger shape would have no variance. */
const MAX_SHAPE = 0.5;
/** Smaller ones are beyond any model of the tail. */
const MIN_P = 1e-12;

/** Returns the p-value of a score, and that of one of the calibration scores. */
export interface TailModel {
  readonly ofNew: (score: number) => number;
  readonly ofOwn: (score: number) => number;
}

/**
 * Fits p-values to calibration scores: the share of them at or above a score, and beyond their highest tenth a
 * generalised Pareto distribution (Pickands 1975) by probability-weighted moments (Hosking & Wallis 1987) with a shape
 * from 0 to ½. Scores beyond all calibration scores keep their order, which shares would lose. The values rank
 * scores of several views; they are no proof, because the tail is a model. Undefined without scores.
 */
export function fitTail(calibration: Float64Array): TailModel | undefined {
  const rising = calibration.filter((score) => !Number.isNaN(score)).sort();
  const n = rising.length;
  if (n === 0) return undefined;
  const count = Math.min(Math.max(MIN_TAIL, Math.floor(TAIL * n)), n >> 1);
  const from = rising[n - count - 1] ?? rising[n - 1]!;
  const pareto = fitPareto(rising.subarray(n - count).map((score) => score - from));
  const beyond = (score: number): number => Math.max(MIN_P, (count / n) * (pareto?.(score - from) ?? 0));
  const above = (score: number): number => n - countBelow(rising, score);
  return {
    ofNew: (score) => (pareto !== undefined && score > from ? beyond(score) : (1 + above(score)) / (n + 1)),
    ofOwn: (score) => (pareto !== undefined && score > from ? beyond(score) : above(score) / (n + 1)),
  };
}

/** Returns the survival function of excesses, rising; undefined where they do not vary. */
export function fitPareto(excesses: Float64Array): ((excess: number) => number) | undefined {
  const k = excesses.length;
  let [mean, weighted] = [0, 0];
  excesses.forEach((excess, at) => {
    mean += excess / k;
    weighted += ((1 - (at + 0.65) / k) * excess) / k;
  });
  const gap = mean - 2 * weighted;
  if (!(mean > 0)) return undefined;
  const shape = gap > 1e-12 * mean ? Math.min(MAX_SHAPE, Math.max(0, 2 - mean / gap)) : 0;
  const scale = mean * (1 - shape);
  return shape < 1e-6
    ? (excess) => Math.exp(-excess / scale)
    : (excess) => (1 + (shape * excess) / scale) ** (-1 / shape);
}
