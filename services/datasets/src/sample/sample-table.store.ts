import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import type { ArtifactRef, Filter, SplitName } from '@noema/kernel';
import { formatBits, SampleTables } from '@noema/population';
import type { ColumnComparison, ComparedColumn } from './metadata-difference.js';
import { compareColumn } from './metadata.comparison.js';
import type { Sample, SampleQuery } from './sample.js';

/** Reads the tables of samples, one per dataset version, in DuckDB; the last used ones stay open. */
@Injectable()
export class SampleTableStore implements OnApplicationShutdown {
  private readonly tables: SampleTables;

  constructor(@Inject(ARTIFACT_STORE) store: ArtifactStore) {
    this.tables = new SampleTables(store);
  }

  /**
   * Returns one page and the number of all samples that match, in row order when the query names none.
   */
  async query(ref: ArtifactRef, query: SampleQuery): Promise<{ samples: Sample[]; total: number }> {
    return (await this.tables.get(ref)).query(query);
  }

  async find(ref: ArtifactRef, split: SplitName, sampleId: string): Promise<Sample | undefined> {
    return (await this.tables.get(ref)).find({ split, sampleId });
  }

  /** Returns a mask of the rows that match: one bit a row of the table, the lowest bit first. */
  async matching(ref: ArtifactRef, filter: Filter): Promise<Uint8Array> {
    return (await this.tables.get(ref)).matching(filter);
  }

  /** Compares a field between rising rows of a population and the rest of it. */
  async compare(
    ref: ArtifactRef,
    column: ComparedColumn & { readonly field: string },
    { rows, population }: { readonly rows: Int32Array; readonly population: number },
  ): Promise<ColumnComparison> {
    return compareColumn(await this.tables.get(ref), column, formatBits(rows, population));
  }

  onApplicationShutdown(): Promise<void> {
    return this.tables.close();
  }
}
