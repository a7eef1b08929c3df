import { type Judged, largest } from './metric.js';

/** Predicted and true classes of positions, counted for per-pixel accuracy and intersection over union. */
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
   * Adds all positions of a row: one class per position if classes are mutually exclusive, without the positions whose
   * shares are all 0; otherwise every channel as a separate mask, thresholded at one half.
   */
  add({ predictions, targets, width, targetWidth, channels, isExclusive }: Judged, row: number): void {
    for (let position = 0; position < width / channels; position++) {
      const at = row * (width / channels) + position;
      if (isExclusive) {
        const truth = targetWidth === width ? largest(targets, at, channels) : targets[at]!;
        if (targetWidth === width && targets[at * channels + truth] === 0) continue;
        this.count(largest(predictions, at, channels), truth);
        continue;
      }
      for (let c = 0; c < channels; c++)
        this.mask(c, predictions[at * channels + c]! > 0.5, targets[at * channels + c]! > 0.5);
    }
  }

  /** Share of positions (of masks: of positions and channels) that are predicted correctly. */
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
    this.unions[predicted]!++;
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
