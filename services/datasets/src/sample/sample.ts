import type { Filter, OrderBy, SplitName } from '@noema/kernel';

export type MetadataValue = string | number | boolean | null;

/** One row of a dataset version. */
export interface Sample {
  readonly split: SplitName;
  readonly sampleId: string;
  readonly row: number;
  /** Class of the ground truth; −1 without one. */
  readonly classIndex: number;
  readonly className: string;
  /** By column name, without what is not known. */
  readonly metadata: Readonly<Record<string, MetadataValue>>;
}

/** Columns that are read from a table of samples. */
export interface SampleQuery {
  readonly filter: Filter;
  readonly order: OrderBy | undefined;
  /** Only these rows; empty for all. */
  readonly rows: readonly number[];
  readonly offset: number;
  readonly limit: number;
}
