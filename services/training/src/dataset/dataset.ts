import type { FieldType, SplitName } from '@noema/kernel';

/** The address of every row. */
export interface SampleIndex {
  readonly splits: readonly SplitName[];
  readonly sampleIds: readonly string[];
  /** Further fields of the sample table that filters may name: `class_name` and `metadata.<name>`. */
  readonly fields: ReadonlyMap<string, FieldType>;
  /** Throws `not-found` SAMPLE_NOT_FOUND. */
  getRow(split: SplitName, sampleId: string): number;
}

/** One tensor of all rows, row-major, in memory that threads share. */
export interface RowTensor {
  readonly data: Float32Array;
  /** Shape of one row. */
  readonly rowDims: readonly number[];
}

/**
 * The inputs of some rows that follow each other, by the dataset's own names; they are valid until the next
 * part is requested, and may have room for more rows.
 */
export interface InputRows {
  readonly firstRow: number;
  readonly rowCount: number;
  readonly inputs: ReadonlyMap<string, RowTensor>;
}

/** Everything that a run reads, by the dataset's own names. */
export interface LoadedDataset {
  /** All rows in the order of the dataset, shard after shard; each call begins anew. */
  readonly parts: (signal: AbortSignal) => AsyncIterable<InputRows>;
  /** The inputs of all rows; empty where they are only read in parts. */
  readonly inputs: ReadonlyMap<string, RowTensor>;
  readonly groundTruths: ReadonlyMap<string, RowTensor>;
}
