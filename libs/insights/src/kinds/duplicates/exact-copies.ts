import type { Inputs } from '../../population/population.js';
import { mixBits } from '../../mix-bits.js';
import { hashCell } from './item-sketch.js';

/** Bytes of inputs that are in memory at once. */
const BATCH_BYTES = 2 ** 23;

/** Number of inputs that fit into memory at once. */
export const batchRows = ({ shape }: Inputs): number =>
  Math.max(16, Math.floor(BATCH_BYTES / 4 / shape.reduce((product, dim) => product * dim, 1)));

/** Reads inputs in batches, in the order of the rows. */
export async function* readBatches(
  inputs: Inputs,
  rows: Int32Array,
): AsyncGenerator<{
  readonly rows: Int32Array;
  readonly at: number;
  readonly read: (i: number) => Float32Array;
}> {
  const step = batchRows(inputs);
  for (let at = 0; at < rows.length; at += step) {
    const batch = rows.subarray(at, at + step);
    const values = await inputs.read(batch);
    const size = values.length / batch.length;
    yield { rows: batch, at, read: (i) => values.subarray(i * size, (i + 1) * size) };
  }
}

/**
 * Returns for each sample the first one with the same input, [n] int32: itself if it is no copy. Inputs are equal if
 * their hashes of 53 bits are; two of 70,000 different inputs are taken for equal with a
 * probability of 3 · 10⁻⁷.
 */
export async function findExactCopies(inputs: Inputs, n: number, signal?: AbortSignal): Promise<Int32Array> {
  const firsts = new Map<number, number>();
  const original = new Int32Array(n);
  for await (const { rows, read } of readBatches(
    inputs,
    Int32Array.from({ length: n }, (_, row) => row),
  )) {
    signal?.throwIfAborted();
    rows.forEach((row, i) => {
      const input = read(i);
      let h = 0x9747b28c;
      let g = 0x5bd1e995;
      for (let at = 0; at < input.length; at++) {
        const cell = hashCell(at, input[at]!);
        h = (Math.imul(h, 0x5bd1e995) + cell) | 0;
        g = Math.imul(g ^ cell, 0x01000193);
      }
      // 53 bits of both, which a number holds exactly.
      const key = (mixBits(h) & 0x1fffff) * 2 ** 32 + mixBits(g);
      const first = firsts.get(key);
      if (first === undefined) firsts.set(key, row);
      original[row] = first ?? row;
    });
  }
  return original;
}
