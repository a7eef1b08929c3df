import { DomainError, seededRandom } from '@noema/kernel';
import { type BaselineKind, createBaseline } from './baseline.js';
import { type FeatureMap, type HeatMap, strides } from './feature-map.js';
import { upsample } from './heat-map.js';

export interface RiseOptions {
  readonly masks: number;
  /** Cells of the coarse random grid of each mask, limited to the input's positions. */
  readonly cells: { readonly rows: number; readonly columns: number };
  /** Probability that a cell is visible. */
  readonly visible?: number;
  /** Content of hidden positions. */
  readonly baseline?: BaselineKind;
  /**
   * If true, masks have no values between hidden and visible, for inputs that cannot be blended, such as
   * tokens.
   */
  readonly sharp?: boolean;
  readonly seed?: number;
}

/**
 * RISE (Petsiuk, Das & Saenko 2018) of one input: gives copies of it under random masks (a coarse grid,
 * enlarged bilinearly, randomly shifted) and makes a heat map of any score of them: the mean score weighted
 * by how much a position is seen, less that weighted by how much it is hidden. That orders positions as
 * RISE's own map does, and is 0 for what does not matter. Needs no gradients; one batch of copies serves all
 * classes. Seeded.
 */
export class Rise {
  readonly count: number;
  private readonly blank: Float32Array;
  private readonly options: Required<RiseOptions>;

  /** Throws `invalid` MASKS for less than one mask or cells below 1. */
  constructor(
    private readonly input: FeatureMap,
    options: RiseOptions,
  ) {
    const { rows, columns } = options.cells;
    if ([options.masks, rows, columns].some((size) => !Number.isInteger(size) || size < 1)) {
      throw new DomainError(
        'invalid',
        'MASKS',
        `${options.masks} masks of ${rows} × ${columns} cells give no evidence; use whole numbers from 1`,
      );
    }
    const cells = { rows: Math.min(rows, input.height), columns: Math.min(columns, input.width) };
    this.options = { visible: 0.5, baseline: 'zero', sharp: false, seed: 42, ...options, cells };
    this.count = options.masks;
    this.blank = createBaseline(input, this.options.baseline);
  }

  /** Returns the masked copies `from` … `to`−1 as one batch [to − from, values]. */
  inputs(from: number, to: number): Float32Array {
    const { input, blank } = this;
    const { position, channel } = strides(input);
    const size = input.data.length;
    const batch = new Float32Array((to - from) * size);
    for (let i = from; i < to; i++) {
      const mask = this.mask(i);
      const at = (i - from) * size;
      for (let p = 0; p < mask.length; p++) {
        for (let c = 0, value = p * position; c < input.channels; c++, value += channel)
          batch[at + value] = blank[value]! + mask[p]! * (input.data[value]! - blank[value]!);
      }
    }
    return batch;
  }

  /**
   * Returns the maps of several scores: `scores` [count, width] of the copies, row-major; one map for each of
   * `classes`. Throws `invalid` SCORES_SHAPE.
   */
  maps(scores: Float32Array, width: number, classes: readonly number[]): HeatMap[] {
    if (scores.length !== this.count * width)
      throw new DomainError(
        'invalid',
        'SCORES_SHAPE',
        `${scores.length} scores are not ${width} for each of ${this.count} masks`,
      );
    const { height, width: across } = this.input;
    const positions = height * across;
    const seen = new Float64Array(positions);
    const sums = classes.map(() => new Float64Array(positions));
    const totals = classes.map(() => 0);
    for (let i = 0; i < this.count; i++) {
      const mask = this.mask(i);
      for (let p = 0; p < positions; p++) seen[p]! += mask[p]!;
      classes.forEach((index, c) => {
        const score = scores[i * width + index]!;
        const sum = sums[c]!;
        totals[c]! += score;
        for (let p = 0; p < positions; p++) sum[p]! += score * mask[p]!;
      });
    }
    return sums.map((sum, c) => ({
      data: Float32Array.from(sum, (of, p) =>
        seen[p]! > 0 && seen[p]! < this.count
          ? of / seen[p]! - (totals[c]! - of) / (this.count - seen[p]!)
          : 0,
      ),
      height,
      width: across,
    }));
  }

  /** Returns mask i, [positions] in [0, 1]. The same mask at every call. */
  private mask(i: number): Float32Array {
    const {
      cells: { rows, columns },
      visible,
      sharp,
      seed,
    } = this.options;
    const { height, width } = this.input;
    const random = seededRandom(seed, 6, i);
    const [cellHeight, cellWidth] = [Math.ceil(height / rows), Math.ceil(width / columns)];
    const top = Math.floor(random() * cellHeight);
    const left = Math.floor(random() * cellWidth);
    const coarse = {
      data: Float32Array.from({ length: (rows + 1) * (columns + 1) }, () => (random() < visible ? 1 : 0)),
      height: rows + 1,
      width: columns + 1,
    };
    const fine = upsample(coarse, (rows + 1) * cellHeight, (columns + 1) * cellWidth);
    const mask = new Float32Array(height * width);
    for (let y = 0; y < height; y++)
      mask.set(
        fine.data.subarray((y + top) * fine.width + left, (y + top) * fine.width + left + width),
        y * width,
      );
    return sharp ? mask.map((value) => (value >= 0.5 ? 1 : 0)) : mask;
  }
}
