/** Predictions and ground truth of one picture and one class. */
export interface MatchInput {
  /** IoU [predictions, truths], row-major; predictions by descending score. */
  readonly overlaps: Float64Array;
  readonly predictionCount: number;
  readonly truthCount: number;
  /** True for truths that do not count: crowds, ignored ones, and areas outside the range. */
  readonly isIgnored: (truth: number) => boolean;
  /** True for truths that any number of predictions may match. */
  readonly isCrowd: (truth: number) => boolean;
}

/**
 * Returns the truth of each prediction at an IoU threshold, or −1, as COCO matches: by descending score, each
 * prediction takes the truth with the highest IoU that no earlier prediction has, and an ignored one only if no
 * other reaches the threshold. Of truths with the same IoU the last is taken (cocoeval.py of pycocotools 2.0).
 */
export function matchPredictions(
  { overlaps, predictionCount, truthCount, isIgnored, isCrowd }: MatchInput,
  threshold: number,
): Int32Array {
  const truths = Array.from({ length: truthCount }, (_, truth) => truth);
  const counted = truths.filter((truth) => !isIgnored(truth));
  const ignored = truths.filter(isIgnored);
  const taken = new Uint8Array(truthCount);
  const matches = new Int32Array(predictionCount).fill(-1);
  for (let prediction = 0; prediction < predictionCount; prediction++) {
    const findBest = (among: readonly number[]): number => {
      let best = -1;
      let least = Math.min(threshold, 1 - 1e-10);
      for (const truth of among) {
        if (taken[truth] === 1 && !isCrowd(truth)) continue;
        const overlap = overlaps[prediction * truthCount + truth]!;
        if (overlap < least) continue;
        [least, best] = [overlap, truth];
      }
      return best;
    };
    let match = findBest(counted);
    if (match < 0) match = findBest(ignored);
    if (match < 0) continue;
    taken[match] = 1;
    matches[prediction] = match;
  }
  return matches;
}
