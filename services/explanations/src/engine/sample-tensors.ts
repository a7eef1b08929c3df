import type { MatrixFile } from '@noema/artifacts';
import type { Tensors } from '@noema/engine';
import { float32 } from '@noema/onnx';
import { matchColumns } from '@noema/population/rules';
import type { inputsDiffer } from '../analysis/analysis.errors.js';
import type { SampleTensors } from '../model/model.ports.js';

/** A tensor of a program that a column of the data fills. */
interface FilledTensor {
  readonly name: string;
  readonly dims: readonly number[];
  /** Name in the data, when it is another. */
  readonly column?: string;
}

/**
 * One row of a shard's matrices under the names that the programs give them: by name, or in order when the
 * names differ but the numbers agree.
 */
export function readRows(
  file: MatrixFile,
  wanted: readonly FilledTensor[],
  row: number,
  differ: typeof inputsDiffer,
): Map<string, { data: Float32Array; dims: readonly number[] }> {
  const columns = file.columns.map(({ name }) => name);
  const names = wanted.map(({ name, column = name }) => column);
  const matched = matchColumns(names, columns);
  if (matched === undefined) throw differ(names, columns);
  return new Map(
    wanted.map(({ name, dims }, i) => {
      return [name, { data: file.float32Rows(matched[i]!, row, row + 1).data.slice(), dims }];
    }),
  );
}

/** Each tensor as a batch of `n` equal rows. */
export function repeated(tensors: SampleTensors['inputs'], n: number): Record<string, Tensors[string]> {
  return Object.fromEntries(
    [...tensors].map(([name, { data, dims }]) => {
      const rows = new Float32Array(n * data.length);
      for (let row = 0; row < n; row++) rows.set(data, row * data.length);
      return [name, float32(rows, [n, ...dims])];
    }),
  );
}

/** The rows of one tensor from all batches, one after the other. */
export function joined(parts: readonly Tensors[], name: string): Float32Array {
  const arrays = parts.map((part) => part[name]!.data as Float32Array);
  const all = new Float32Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}
