import type { Cell, TableColumn } from '@noema/artifacts';

export type MetadataType = 'number' | 'string' | 'boolean';

/** Cells of one metadata column. */
export interface MetadataCells {
  readonly name: string;
  /** `undefined` as long as no value is known. */
  readonly type: MetadataType | undefined;
  readonly values: readonly Cell[];
}

/** Who the samples of some rows are and what is known about them. */
export interface SampleRows {
  readonly splits: readonly string[];
  readonly sampleIds: readonly string[];
  /** −1 without a class. */
  readonly classIndexes: readonly number[];
  readonly metadata: readonly MetadataCells[];
}

export const CELL_TYPES = {
  number: 'float64',
  string: 'string',
  boolean: 'boolean',
} as const satisfies Record<MetadataType, TableColumn['type']>;
