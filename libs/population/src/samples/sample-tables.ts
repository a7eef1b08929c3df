import type { ArtifactStore } from '@noema/artifacts';
import { type ArtifactRef, LruCache } from '@noema/kernel';
import { SampleTable } from './sample-table.js';

/** The sample tables that were used last, held open. A table never changes. */
export class SampleTables {
  private readonly tables: LruCache<SampleTable>;

  constructor(
    private readonly store: ArtifactStore,
    { open = 8 } = {},
  ) {
    this.tables = new LruCache(open, { close: (table) => table.close() });
  }

  /** The open table; the cache closes it, so ask again for each use. Throws `data-loss` PARQUET_INVALID. */
  get(ref: ArtifactRef): Promise<SampleTable> {
    return this.tables.get(ref.uri, async () => SampleTable.open(await this.store.get(ref)));
  }

  /** Closes all tables. */
  close(): Promise<void> {
    return this.tables.clear();
  }
}
