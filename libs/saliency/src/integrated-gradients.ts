import { DomainError } from '@noema/kernel';

/**
 * Integrated gradients (Sundararajan, Taly & Yan 2017) of one input: provides the inputs on the straight path
 * from the baseline (midpoint rule), accepts their gradients in any batches, and attributes the score to
 * every input value.
 */
export class IntegratedGradients {
  /** Number of inputs whose gradients are needed: all of the path, or the ones that a refinement adds. */
  readonly count: number;
  private readonly sum: Float64Array;
  private readonly parts: readonly number[];
  private added = 0;

  /**
   * `input` and `baseline` are flat and of equal length. Throws `invalid` BASELINE_SHAPE or STEPS. `refined`
   * continues from `coarse`.
   */
  constructor(
    private readonly input: Float32Array,
    private readonly baseline: Float32Array,
    readonly steps: number,
    coarse?: Float64Array,
  ) {
    if (baseline.length !== input.length) {
      throw new DomainError(
        'invalid',
        'BASELINE_SHAPE',
        `a baseline of ${baseline.length} values does not fit an input of ${input.length}`,
      );
    }
    if (!Number.isInteger(steps) || steps < 1)
      throw new DomainError(
        'invalid',
        'STEPS',
        `${steps} steps cannot be integrated over; ask for 1 or more`,
      );
    this.sum = coarse?.slice() ?? new Float64Array(input.length);
    this.parts = Array.from({ length: steps }, (_, step) => step)
      .filter((step) => coarse === undefined || step % 3 !== 1)
      .map((step) => (step + 0.5) / steps);
    this.count = this.parts.length;
  }

  /** Returns the inputs `from` … `to`−1 as one batch [to − from, values]. */
  inputs(from: number, to: number): Float32Array {
    const { input, baseline, parts } = this;
    const size = input.length;
    const batch = new Float32Array((to - from) * size);
    for (let step = from; step < to; step++) {
      const part = parts[step]!;
      const at = (step - from) * size;
      for (let i = 0; i < size; i++) batch[at + i] = baseline[i]! + part * (input[i]! - baseline[i]!);
    }
    return batch;
  }

  /** Adds the gradients [m, values] of the next m inputs. */
  add(gradients: Float32Array): void {
    const size = this.input.length;
    const count = gradients.length / size;
    if (!Number.isInteger(count) || this.added + count > this.count) {
      throw new DomainError(
        'invalid',
        'GRADIENT_SHAPE',
        `${gradients.length} gradients do not belong to at most ${this.count - this.added} inputs of ` +
          `${size} values`,
      );
    }
    for (let i = 0; i < gradients.length; i++) this.sum[i % size]! += gradients[i]!;
    this.added += count;
  }

  /**
   * Returns the attribution of every input value. They sum to the difference of the scores of input and
   * baseline. Throws `precondition` STEPS_MISSING.
   */
  attributions(): Float32Array {
    const { sum, steps } = this.complete();
    return Float32Array.from(sum, (of, i) => (of / steps) * (this.input[i]! - this.baseline[i]!));
  }

  /**
   * Returns the same path in three times as many steps, a third of which are the known midpoints. Throws
   * `precondition` STEPS_MISSING.
   */
  refined(): IntegratedGradients {
    const { input, baseline, steps, sum } = this.complete();
    return new IntegratedGradients(input, baseline, 3 * steps, sum);
  }

  private complete(): this {
    if (this.added !== this.count)
      throw new DomainError(
        'precondition',
        'STEPS_MISSING',
        `gradients of ${this.added} of ${this.count} steps have been added`,
      );
    return this;
  }
}

/**
 * Returns the distance between the sum of the attributions and the difference of the scores, as a share of
 * that difference. 0 means complete.
 */
export function completenessGap(attributions: Float32Array, score: number, baselineScore: number): number {
  const sum = attributions.reduce((total, value) => total + value, 0);
  const difference = score - baselineScore;
  return Math.abs(sum - difference) / Math.max(Math.abs(difference), 1e-12);
}
