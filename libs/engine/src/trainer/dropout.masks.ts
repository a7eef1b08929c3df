import { seededRandom } from '@noema/kernel';
import { KernelMemory, kernelsOn } from '@noema/simd';

/**
 * Parameters of a row's mask in addition to the row itself, so that the mask does not depend on batches or
 * threads.
 */
export interface MaskStream {
  readonly seed: number;
  readonly epoch: number;
  /** Number of the mask in the model. */
  readonly mask: number;
}

/** Fills one row with normal numbers of mean 0 and variance 1 (Box & Muller, 1958). */
export function fillNoise(out: Float32Array, row: number, { seed, epoch, mask }: MaskStream): void {
  const random = seededRandom(seed, epoch, row, mask);
  for (let i = 0; i < out.length; i++)
    out[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Masks of dropout for rows of a width, four rows at a time. */
export class DropoutMasks {
  private readonly memory = new KernelMemory();
  private readonly kernels = kernelsOn(this.memory.shared);
  private readonly rows = this.memory.ints(4);
  private readonly made: Float32Array;
  /** The width, padded to whole vectors. */
  private readonly padded: number;

  constructor(private readonly width: number) {
    this.padded = Math.ceil(width / 4) * 4;
    this.made = this.memory.floats(4 * (this.padded + 4));
  }

  /**
   * Fills `out` [rows, width]: 0 with probability `rate`, 1 / (1 − rate) otherwise; a row's mask depends on
   * nothing but its number and the stream.
   */
  fill(out: Float32Array, rate: number, rows: Uint32Array, { seed, epoch, mask }: MaskStream): void {
    const { width, padded, made } = this;
    const dropped = Math.min(Math.ceil(rate * 2 ** 32), 2 ** 32 - 1);
    for (let from = 0; from < rows.length; from += 4) {
      const four = rows.subarray(from, from + 4);
      this.rows.set(four);
      this.kernels.dropoutMasks(
        this.rows.byteOffset,
        seed,
        epoch,
        mask,
        dropped,
        1 / (1 - rate),
        padded,
        made.byteOffset,
      );
      for (let i = 0; i < four.length; i++)
        out.set(made.subarray(i * padded, i * padded + width), (from + i) * width);
    }
  }
}
