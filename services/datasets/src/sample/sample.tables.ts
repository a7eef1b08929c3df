import type { ArtifactStore } from '@noema/artifacts';
import type { ArtifactRef, Filter, SplitName } from '@noema/kernel';
import { formatBits, SampleTables as Tables } from '@noema/population';
import type { ColumnComparison, ComparedColumn } from './metadata-difference.js';
import type { Sample } from './sample.js';
import type { SampleQuery, SampleTables } from './sample.ports.js';
import { compareColumn } from './metadata.comparison.js';

/** Sample tables in DuckDB, the last used ones held open. */
export class OpenSampleTables implements SampleTables {
  private readonly tables: Tables;

  constructor(store: ArtifactStore, { open = 8 } = {}) {
    this.tables = new Tables(store, { open });
  }

  async query(ref: ArtifactRef, query: SampleQuery): Promise<{ samples: Sample[]; total: number }> {
    return (await this.tables.get(ref)).query(query);
  }

  async find(ref: ArtifactRef, split: SplitName, sampleId: string): Promise<Sample | undefined> {
    return (await this.tables.get(ref)).find({ split, sampleId });
  }

  async matching(ref: ArtifactRef, filter: Filter): Promise<Uint8Array> {
    return (await this.tables.get(ref)).matching(filter);
  }

  async compare(
    ref: ArtifactRef,
    column: ComparedColumn & { readonly field: string },
    { rows, population }: { readonly rows: Int32Array; readonly population: number },
  ): Promise<ColumnComparison> {
    return compareColumn(await this.tables.get(ref), column, formatBits(rows, population));
  }

  close(): Promise<void> {
    return this.tables.close();
  }
}
