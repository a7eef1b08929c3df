import { type PositionClasses, positionWidth } from './position-classes.js';

/** Predicted and true classes of positions, counted for the accuracy by position and intersection over union. */
export class PositionCounts {
  private readonly intersections: Float64Array;
  private readonly unions: Float64Array;
  private hits = 0;
  private total = 0;

  constructor(channels: number) {
    this.intersections = new Float64Array(channels);
    this.unions = new Float64Array(channels);
  }

  /**
   * Adds all positions of a row: one class per position if classes exclude each other, without positions that have
   * no class; otherwise every class as a mask of its own.
   */
  add(predicted: PositionClasses, truth: PositionClasses, row: number): void {
    const { channels, isExclusive } = predicted;
    const width = positionWidth(predicted);
    for (let at = row * width; at < (row + 1) * width; at++) {
      if (!isExclusive) this.mask(at % channels, predicted.data[at] === 1, truth.data[at] === 1);
      else if (truth.data[at] !== 0) this.count(predicted.data[at]! - 1, truth.data[at]! - 1);
    }
  }

  /** Share of positions (of masks: of positions and classes) that are predicted correctly. */
  get accuracy(): number {
    return this.hits / this.total;
  }

  /**
   * Intersection over union, averaged over the classes that are predicted or true anywhere; NaN if there are
   * none.
   */
  get meanIou(): number {
    const present = [...this.unions].flatMap((union, c) =>
      union === 0 ? [] : [this.intersections[c]! / union],
    );
    return present.length === 0 ? NaN : present.reduce((a, b) => a + b, 0) / present.length;
  }

  private count(predicted: number, truth: number): void {
    this.total++;
    if (predicted >= 0) this.unions[predicted]!++;
    if (predicted === truth) {
      this.hits++;
      this.intersections[predicted]!++;
    } else this.unions[truth]!++;
  }

  private mask(channel: number, predicted: boolean, truth: boolean): void {
    this.total++;
    if (predicted === truth) this.hits++;
    if (predicted || truth) this.unions[channel]!++;
    if (predicted && truth) this.intersections[channel]!++;
  }
}
