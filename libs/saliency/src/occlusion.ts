import { DomainError } from '@noema/kernel';
import { type BaselineKind, createBaseline } from './baseline.js';
import { type FeatureMap, type HeatMap, strides } from './feature-map.js';

export interface OcclusionOptions {
  /** Sides of the window in positions, limited to the input's. */
  readonly window: { readonly height: number; readonly width: number };
  /** Steps between windows. The last window of a line ends at the border. */
  readonly stride: { readonly height: number; readonly width: number };
  /** Content of the window. */
  readonly baseline?: BaselineKind;
}

/**
 * Occlusion (Zeiler & Fergus 2014) of one input: provides copies with a window replaced by a baseline, and
 * computes a heat map from any score of them: the mean drop of the score over the windows that cover a
 * position. Needs no gradients; one batch of copies serves all classes.
 */
export class Occlusion {
  readonly count: number;
  private readonly windows: readonly { readonly top: number; readonly left: number }[];
  private readonly blank: Float32Array;
  private readonly height: number;
  private readonly width: number;

  /** Throws `invalid` WINDOW_SIZE for sides or strides below 1. */
  constructor(
    private readonly input: FeatureMap,
    { window, stride, baseline = 'mean' }: OcclusionOptions,
  ) {
    if (
      [window.height, window.width, stride.height, stride.width].some(
        (size) => !Number.isInteger(size) || size < 1,
      )
    ) {
      throw new DomainError(
        'invalid',
        'WINDOW_SIZE',
        `a window of ${window.height} × ${window.width} every ${stride.height} × ${stride.width} ` +
          'positions covers nothing; use whole numbers from 1',
      );
    }
    [this.height, this.width] = [Math.min(window.height, input.height), Math.min(window.width, input.width)];
    const lefts = listStarts(input.width, this.width, stride.width);
    this.windows = listStarts(input.height, this.height, stride.height).flatMap((top) =>
      lefts.map((left) => ({ top, left })),
    );
    this.count = this.windows.length;
    this.blank = createBaseline(input, baseline);
  }

  /** Returns the occluded copies `from` … `to`−1 as one batch [to − from, values]. */
  inputs(from: number, to: number): Float32Array {
    const { input, blank } = this;
    const { position, channel } = strides(input);
    const size = input.data.length;
    const batch = new Float32Array((to - from) * size);
    for (let i = from; i < to; i++) {
      const at = (i - from) * size;
      batch.set(input.data, at);
      this.eachPosition(i, (p) => {
        for (let c = 0, value = p * position; c < input.channels; c++, value += channel)
          batch[at + value] = blank[value]!;
      });
    }
    return batch;
  }

  /**
   * Returns the map of a score: `scores` [count] of the copies, `whole` of the input itself. Positive where
   * covering lowers the score.
   */
  map(scores: ArrayLike<number>, whole: number): HeatMap {
    const { height, width } = this.input;
    const falls = new Float64Array(height * width);
    const covers = new Float64Array(height * width);
    for (let i = 0; i < this.count; i++) {
      this.eachPosition(i, (p) => {
        falls[p]! += whole - scores[i]!;
        covers[p]!++;
      });
    }
    return {
      data: Float32Array.from(falls, (fall, p) => (covers[p]! > 0 ? fall / covers[p]! : 0)),
      height,
      width,
    };
  }

  private eachPosition(window: number, visit: (position: number) => void): void {
    const { top, left } = this.windows[window]!;
    for (let y = top; y < top + this.height; y++)
      for (let x = left; x < left + this.width; x++) visit(y * this.input.width + x);
  }
}

function listStarts(length: number, window: number, stride: number): number[] {
  const starts = Array.from({ length: Math.ceil((length - window) / stride) }, (_, i) => i * stride);
  return [...starts, length - window];
}
