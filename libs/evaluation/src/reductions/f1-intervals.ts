import { checkOpenShare } from '../evaluation.errors.js';
import { DEFAULT_CONFIDENCE, type Interval } from '../statistics/interval.js';
import { logitInterval } from '../statistics/logit-interval.js';
import { reportClasses } from './class-metrics.js';
import type { ConfusionMatrix } from './confusion.js';

/** Samples of a class below which the mean of F1 has no interval. */
export const MIN_OF_F1 = 20;

/** A mean of F1; `interval` is undefined where `note` has the reason. */
export interface MacroF1 {
  readonly value: number;
  readonly interval: Interval | undefined;
  readonly note?: string | undefined;
}

/**
 * Returns the mean of F1 over the classes that have one, with its interval on the scale of logits. The variance is the
 * sum of the squared influences of all samples (delta method, Takahashi et al. 2022). Throws `invalid` OPTION_INVALID.
 */
export function estimateMacroF1(
  matrix: Omit<ConfusionMatrix, 'n'>,
  confidence: number = DEFAULT_CONFIDENCE,
): MacroF1 {
  checkOpenShare('confidence', confidence);
  const { classCount, cells } = matrix;
  const { classes, macro } = reportClasses(matrix);
  const value = macro.f1;
  const known = classes.filter(({ f1 }) => !Number.isNaN(f1));
  if (known.length === 0) return { value, interval: undefined, note: 'no class has a sample' };
  if (known.some(({ support }) => support < MIN_OF_F1))
    return { value, interval: undefined, note: `no interval: a class has fewer than ${MIN_OF_F1} samples` };
  // A sample in a cell changes F1 of its class by 2 − F1 hits and of both its classes by − F1, over their margins.
  const pull = classes.map(({ f1, support, predicted }) =>
    Number.isNaN(f1) ? 0 : f1 / (support + predicted),
  );
  let variance = 0;
  cells.forEach((count, cell) => {
    const [truth, guess] = [Math.floor(cell / classCount), cell % classCount];
    const { support, predicted } = classes[truth]!;
    const gain = count > 0 && truth === guess ? 2 / (support + predicted) : 0;
    variance += count * ((gain - pull[truth]! - pull[guess]!) / known.length) ** 2;
  });
  // Rounding can leave a little less than 1.
  if (!(value > 1e-12 && value < 1 - 1e-12) || !(variance > 0))
    return { value, interval: undefined, note: 'no interval: all or no samples are correct' };
  return { value, interval: logitInterval(value, variance, confidence) };
}
