import { permutation, seededRandom } from '@noema/kernel/random';
import type { Inputs } from '../../population/population.js';
import type { Comparer } from './comparer.js';
import { sharedFloats } from './blocks.js';
import type { ComparerOptions } from './comparers.js';
import { batchRows, readBatches } from './exact-copies.js';

/** Copies of the user's own data that are planted to measure the recall. */
const PLANTED = 500;
/** Samples in which the smallest values are looked up. */
const LOOKED_AT = 500;

/** Rows of a population, followed by planted copies of some of them. */
export interface Stock {
  readonly inputs: Inputs;
  readonly comparer: ComparerOptions;
  readonly rows: Int32Array;
  readonly planted: readonly Float32Array[];
  /** The position in `rows` from which each planted copy is. */
  readonly sources: Int32Array;
}

/** Returns the smallest value of each channel in some samples, drawn by the seed; 0 where all are missing. */
export async function findBlack(inputs: Inputs, rows: Int32Array, seed: number): Promise<number[]> {
  const channels = inputs.shape.length < 3 ? 1 : inputs.shape[2]!;
  const black = new Array<number>(channels).fill(Infinity);
  for await (const { rows: batch, read } of readBatches(inputs, drawRows(rows, LOOKED_AT, seed)))
    batch.forEach((_, i) => {
      read(i).forEach((value, at) => {
        if (value < black[at % channels]!) black[at % channels] = value;
      });
    });
  return black.map((value) => (Number.isFinite(value) ? value : 0));
}

/** Plants copies of some rows, drawn by the seed. */
export async function plantCopies(
  inputs: Inputs,
  rows: Int32Array,
  comparer: Comparer,
  { seed, black }: { readonly seed: number; readonly black: readonly number[] },
): Promise<Stock> {
  const sources = drawRows(Int32Array.from(rows.keys()), Math.min(PLANTED, rows.length), seed + 1);
  const planted: Float32Array[] = [];
  const picked = sources.map((at) => rows[at]!);
  for await (const { rows: batch, at, read } of readBatches(inputs, picked))
    batch.forEach((_, i) => planted.push(comparer.plant(read(i), seededRandom(seed, 7, at + i))));
  const { kind, shape } = inputs;
  return { inputs, comparer: { kind, shape, black }, rows, planted, sources };
}

/** Returns some of the rows, rising, drawn by the seed. */
export function drawRows(rows: Int32Array, count: number, seed: number): Int32Array {
  if (rows.length <= count) return rows;
  const order = permutation(rows.length, seededRandom(seed, 3));
  return Int32Array.from(order.subarray(0, count), (at) => rows[at]!).sort();
}

/** Reads the inputs of some positions of a stock in batches, in memory that threads share. */
export async function* readStock(
  { inputs, rows, planted }: Stock,
  positions: Int32Array,
): AsyncGenerator<{ readonly at: number; readonly items: number; readonly inputs: Float32Array }> {
  const step = batchRows(inputs);
  for (let at = 0; at < positions.length; at += step) {
    const own = positions.subarray(at, at + step);
    const wanted = own.filter((position) => position < rows.length).map((position) => rows[position]!);
    const read = wanted.length === 0 ? new Float32Array() : await inputs.read(wanted);
    const size = wanted.length === 0 ? planted[0]!.length : read.length / wanted.length;
    const batch = sharedFloats(own.length * size);
    let from = 0;
    own.forEach((position, to) => {
      const isPlanted = position >= rows.length;
      batch.set(isPlanted ? planted[position - rows.length]! : read.subarray(from, from + size), to * size);
      if (!isPlanted) from += size;
    });
    yield { at, items: own.length, inputs: batch };
  }
}
