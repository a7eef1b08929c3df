import { fillWords, seededRandom } from '@noema/kernel';

/** What decides a row's mask besides the row itself, so that it does not depend on batches or threads. */
export interface MaskStream {
  readonly seed: number;
  readonly epoch: number;
  /** Number of the mask in the model. */
  readonly mask: number;
}

/** Fills one row with normal numbers of mean 0 and variance 1 (Box & Muller, 1958). */
export function fillNoise(out: Float32Array, row: number, { seed, epoch, mask }: MaskStream): void {
  const random = seededRandom(seed, epoch, row, mask);
  for (let i = 0; i < out.length; i++) out[i] = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}

/** Fills one row of a mask: 0 with probability `rate`, 1 / (1 − rate) otherwise. */
export function fillMask(out: Float32Array, rate: number, row: number, { seed, epoch, mask }: MaskStream): void {
  const words = new Uint32Array(out.buffer, out.byteOffset, out.length), dropped = rate * 2 ** 32, kept = 1 / (1 - rate);
  fillWords(words, seed, epoch, row, mask);
  for (let i = 0; i < out.length; i++) out[i] = words[i]! < dropped ? 0 : kept;
}
