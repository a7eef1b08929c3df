import { DomainError, seededRandom } from '@noema/kernel';

export interface SmoothGradOptions {
  readonly samples: number;
  /** Standard deviation of the noise, as a share of the input's range (largest − smallest value). */
  readonly noise?: number;
  readonly seed?: number;
}

/**
 * SmoothGrad (Smilkov et al. 2017) of one input: provides copies with Gaussian noise, accepts their gradients
 * in any batches, and returns the mean gradient. The noise of copy i does not depend on the batches.
 */
export class SmoothGrad {
  readonly samples: number;
  private readonly sum: Float64Array;
  private readonly deviation: number;
  private readonly seed: number;
  private added = 0;

  /** `input` is flat. Throws `invalid` SAMPLES for less than one sample. */
  constructor(
    private readonly input: Float32Array,
    { samples, noise = 0.15, seed = 42 }: SmoothGradOptions,
  ) {
    if (!Number.isInteger(samples) || samples < 1)
      throw new DomainError(
        'invalid',
        'SAMPLES',
        `${samples} noisy samples have no mean gradient; ask for 1 or more`,
      );
    const [low, high] = input.reduce(
      ([a, b], value) => [Math.min(a, value), Math.max(b, value)],
      [Infinity, -Infinity],
    );
    this.samples = samples;
    this.sum = new Float64Array(input.length);
    this.deviation = noise * (high - low);
    this.seed = seed;
  }

  /** Returns the noisy copies `from` … `to`−1 as one batch [to − from, values]. */
  inputs(from: number, to: number): Float32Array {
    const size = this.input.length;
    const batch = new Float32Array((to - from) * size);
    for (let sample = from; sample < to; sample++) {
      const random = seededRandom(this.seed, 5, sample);
      const at = (sample - from) * size;
      for (let i = 0; i < size; i += 2) {
        // The Box-Muller transform returns two normal numbers at a time.
        const radius = this.deviation * Math.sqrt(-2 * Math.log(1 - random()));
        const angle = 2 * Math.PI * random();
        batch[at + i] = this.input[i]! + radius * Math.cos(angle);
        if (i + 1 < size) batch[at + i + 1] = this.input[i + 1]! + radius * Math.sin(angle);
      }
    }
    return batch;
  }

  /** Adds the gradients [m, values] of the next m copies. Throws `invalid` GRADIENT_SHAPE. */
  add(gradients: Float32Array): void {
    const size = this.input.length;
    const count = gradients.length / size;
    if (!Number.isInteger(count) || this.added + count > this.samples) {
      throw new DomainError(
        'invalid',
        'GRADIENT_SHAPE',
        `${gradients.length} gradients do not belong to at most ${this.samples - this.added} copies of ` +
          `${size} values`,
      );
    }
    for (let i = 0; i < gradients.length; i++) this.sum[i % size]! += gradients[i]!;
    this.added += count;
  }

  /**
   * Returns the mean gradient, flat like the input. Throws `precondition` SAMPLES_MISSING before all copies
   * are added.
   */
  gradient(): Float32Array {
    if (this.added !== this.samples)
      throw new DomainError(
        'precondition',
        'SAMPLES_MISSING',
        `gradients of ${this.added} of ${this.samples} noisy copies have been added`,
      );
    return Float32Array.from(this.sum, (sum) => sum / this.samples);
  }
}
