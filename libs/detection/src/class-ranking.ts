import { matchPredictions } from './matching.js';
import { groupIndices, type Predictions, sortByScore, type Truths } from './objects.js';
import { boxOverlap } from './overlap.js';
import { computePrecisionRecall, type PrecisionRecall } from './precision-recall.js';

/** Objects of an area in squared units of the boxes, both ends included. */
export interface AreaRange {
  readonly min: number;
  readonly max: number;
}

interface RankingInput {
  readonly truths: Truths;
  readonly predictions: Predictions;
  readonly area: AreaRange;
  readonly maxPredictions: number;
  readonly iouThresholds: readonly number[];
}

/** A prediction of one class: its score, and at each threshold whether it is correct, wrong or not counted. */
interface RankedPrediction {
  readonly score: number;
  readonly isCorrect: readonly (boolean | undefined)[];
}

/** The predictions of one class on all pictures. */
export class ClassRanking {
  truthCount = 0;
  private readonly ranked: RankedPrediction[] = [];

  constructor(private readonly input: RankingInput) {}

  add(truthIndices: readonly number[], predictionIndices: readonly number[]): void {
    const { truths, predictions } = this.input;
    const own = groupIndices(truthIndices.length, (i) => truths.picture[truthIndices[i]!]!);
    const predicted = groupIndices(
      predictionIndices.length,
      (i) => predictions.picture[predictionIndices[i]!]!,
    );
    const pictures = [...new Set([...own.keys(), ...predicted.keys()])].sort((a, b) => a - b);
    for (const picture of pictures)
      this.addPicture(
        (own.get(picture) ?? []).map((i) => truthIndices[i]!),
        (predicted.get(picture) ?? []).map((i) => predictionIndices[i]!),
      );
  }

  private addPicture(truthIndices: readonly number[], predictionIndices: readonly number[]): void {
    const { truths, predictions, area, maxPredictions, iouThresholds } = this.input;
    const isOutside = (value: number): boolean => value < area.min || value > area.max;
    const isCrowd = (g: number): boolean => truths.crowd?.[truthIndices[g]!] === 1;
    const isIgnored = (g: number): boolean => {
      const i = truthIndices[g]!;
      const own = truths.area?.[i] ?? truths.boxes.width[i]! * truths.boxes.height[i]!;
      return isCrowd(g) || truths.ignored?.[i] === 1 || isOutside(own);
    };
    const sorted = sortByScore(predictionIndices, predictions.score).slice(0, maxPredictions);
    const overlaps = new Float64Array(sorted.length * truthIndices.length);
    sorted.forEach((i, d) =>
      truthIndices.forEach((j, g) => {
        overlaps[d * truthIndices.length + g] = boxOverlap(predictions.boxes, i, truths.boxes, j, isCrowd(g));
      }),
    );
    this.truthCount += truthIndices.filter((_, g) => !isIgnored(g)).length;
    const counts = { predictionCount: sorted.length, truthCount: truthIndices.length };
    const matches = iouThresholds.map((threshold) =>
      matchPredictions({ overlaps, ...counts, isIgnored, isCrowd }, threshold),
    );
    sorted.forEach((i, d) => {
      const isOdd = isOutside(predictions.boxes.width[i]! * predictions.boxes.height[i]!);
      this.ranked.push({
        score: predictions.score[i]!,
        isCorrect: matches.map((match) => {
          if (match[d]! < 0) return isOdd ? undefined : false;
          return isIgnored(match[d]!) ? undefined : true;
        }),
      });
    });
  }

  /** Returns average precision and recall at each threshold, or null if no truth counts. */
  figures(): PrecisionRecall[] | null {
    if (this.truthCount === 0) return null;
    const sorted = [...this.ranked].sort((a, b) => b.score - a.score);
    return this.input.iouThresholds.map((_, t) =>
      computePrecisionRecall(
        sorted.map(({ isCorrect }) => isCorrect[t]).filter((is) => is !== undefined),
        this.truthCount,
      ),
    );
  }
}
