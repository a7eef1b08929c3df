/**
 * Values of recall at which COCO reads the precision. Products, as in pycocotools, and not quotients: 35 · 0.01 is
 * above 0.35 in floating point, so that 7 of 20 objects do not reach it.
 */
const RECALLS: readonly number[] = Array.from({ length: 101 }, (_, step) => step * 0.01);

/** The precision at 101 values of recall, and the recall of all predictions. */
export interface PrecisionRecall {
  /** Mean of the interpolated precision at recall 0, 0.01, …, 1. */
  readonly averagePrecision: number;
  /** Share of the truths that are found. */
  readonly recall: number;
}

/**
 * Returns average precision with 101-point interpolation, as COCO computes it (Lin et al. 2014): the precision at
 * a recall is the highest precision at that recall or above, and 0 above the highest recall. `isCorrect` [n]
 * holds the counted predictions by descending score. `truthCount` must be 1 or more.
 */
export function computePrecisionRecall(isCorrect: readonly boolean[], truthCount: number): PrecisionRecall {
  const precision = new Float64Array(isCorrect.length);
  const recall = new Float64Array(isCorrect.length);
  let correct = 0;
  isCorrect.forEach((is, i) => {
    if (is) correct++;
    precision[i] = correct / (i + 1);
    recall[i] = correct / truthCount;
  });
  for (let i = precision.length - 1; i > 0; i--)
    if (precision[i]! > precision[i - 1]!) precision[i - 1] = precision[i]!;
  let sum = 0;
  let i = 0;
  for (const least of RECALLS) {
    while (i < recall.length && recall[i]! < least) i++;
    if (i === recall.length) break;
    sum += precision[i]!;
  }
  return { averagePrecision: sum / RECALLS.length, recall: correct / truthCount };
}
