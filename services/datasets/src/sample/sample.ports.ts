import type { ArtifactRef, FieldType, Filter, OrderBy, SplitName } from '@noema/kernel';
import type { ColumnComparison, ComparedColumn } from './metadata-difference.js';
import type { Sample } from './sample.js';

export interface SampleQuery {
  readonly filter: Filter;
  readonly order: OrderBy | undefined;
  /** Only these rows; empty for all. */
  readonly rows: readonly number[];
  readonly offset: number;
  readonly limit: number;
}

/** The tables of samples, one per dataset version. */
export interface SampleTables {
  /** One page and the number of all that match, in row order when no order is given. */
  query(
    table: ArtifactRef,
    query: SampleQuery,
  ): Promise<{ readonly samples: readonly Sample[]; readonly total: number }>;
  find(table: ArtifactRef, split: SplitName, sampleId: string): Promise<Sample | undefined>;
  /** A mask of the rows that match: one bit a row of the table, the lowest bit first. */
  matching(table: ArtifactRef, filter: Filter): Promise<Uint8Array>;
  /** Compares a field between rising rows of a population and the rest of it. */
  compare(
    table: ArtifactRef,
    column: ComparedColumn & { readonly field: string },
    among: { readonly rows: Int32Array; readonly population: number },
  ): Promise<ColumnComparison>;
}

/** The fields that samples are filtered and sorted by. */
export type SampleFields = ReadonlyMap<string, FieldType>;
