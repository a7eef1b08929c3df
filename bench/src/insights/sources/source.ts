import type { InputKind, MetadataColumn } from '@noema/insights';

/** Labelled samples of one data set. */
export interface Source {
  readonly key: string;
  readonly kind: InputKind;
  /** Shape of one sample: [height, width, channels], [steps, channels], [columns]. */
  readonly shape: readonly number[];
  readonly classNames: readonly string[];
  readonly n: number;
  /** [n, size] float32, row-major. */
  readonly inputs: Float32Array;
  /** [n] int32 */
  readonly labels: Int32Array;
  readonly metadata: readonly MetadataColumn[];
  /** Vocabulary of token inputs; absent for numbers. */
  readonly vocabulary?: number;
}

/** Returns the rows of a source, in the order of the rows. */
export function pickRows(source: Source, rows: ArrayLike<number>): Source {
  const size = source.inputs.length / source.n;
  const inputs = new Float32Array(rows.length * size);
  const labels = new Int32Array(rows.length);
  for (let to = 0; to < rows.length; to++) {
    const from = rows[to]!;
    inputs.set(source.inputs.subarray(from * size, (from + 1) * size), to * size);
    labels[to] = source.labels[from]!;
  }
  const all = Array.from(rows);
  const metadata = source.metadata.map((column) =>
    column.type === 'number'
      ? { ...column, values: Float64Array.from(all, (row) => column.values[row]!) }
      : { ...column, codes: Int32Array.from(all, (row) => column.codes[row]!) },
  );
  return { ...source, n: rows.length, inputs, labels, metadata };
}
