import { boxesFromCenters } from '../boxes.js';
import { headInvalid } from '../detection.errors.js';
import type { Predictions } from '../objects.js';

/** Collects what a head predicts on one picture. */
export class DecodedBoxes {
  private readonly centers: number[] = [];
  private readonly classes: number[] = [];
  private readonly scores: number[] = [];

  constructor(
    private readonly picture: number,
    private readonly scoreThreshold: number,
  ) {}

  /** True if a box of this score is kept. Throws `invalid` HEAD_INVALID if it is not a number. */
  accepts(score: number): boolean {
    if (Number.isNaN(score))
      throw headInvalid(`a score of picture ${this.picture} is not a number; check the network's output`);
    return score >= this.scoreThreshold;
  }

  /** Adds a box by its center and size in pixels of the input. */
  add(center: readonly [x: number, y: number, width: number, height: number], best: BestClass): void {
    this.centers.push(...center);
    this.classes.push(best.classIndex);
    this.scores.push(best.score);
  }

  toPredictions(): Predictions {
    return {
      boxes: boxesFromCenters(this.centers),
      picture: new Int32Array(this.classes.length).fill(this.picture),
      classIndex: Int32Array.from(this.classes),
      score: Float64Array.from(this.scores),
    };
  }
}

export interface BestClass {
  readonly classIndex: number;
  readonly score: number;
}

/** Returns the class with the highest value; of equal values the first. */
export function findBestClass(classCount: number, value: (classIndex: number) => number): BestClass {
  let best = { classIndex: 0, score: value(0) };
  for (let classIndex = 1; classIndex < classCount; classIndex++) {
    const score = value(classIndex);
    if (score > best.score || Number.isNaN(score)) best = { classIndex, score };
  }
  return best;
}

export const sigmoid = (logit: number): number => 1 / (1 + Math.exp(-logit));
