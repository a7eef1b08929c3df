import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { ArtifactStore } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { type ArtifactRef, LruCache, type SampleAddress, type SplitName } from '@noema/kernel';
import { DatasetCatalog, hasRow, type SampleIndex, SampleTables } from '@noema/population';
import { sampleNotFound } from './search.errors.js';
import type { Population } from './search.js';

/** Versions whose tables and addresses stay in memory. */
const CACHED_VERSIONS = 4;

/** Populations from the sample tables of the datasets service; versions never change, so they are read once. */
@Injectable()
export class PopulationStore implements OnApplicationShutdown {
  private readonly populations = new LruCache<Population>(CACHED_VERSIONS);
  private readonly tables: SampleTables;

  constructor(
    @Inject(ARTIFACT_STORE) store: ArtifactStore,
    @Inject(DatasetCatalog) private readonly datasets: DatasetCatalog,
  ) {
    this.tables = new SampleTables(store, { open: CACHED_VERSIONS });
  }

  open(teamId: string, datasetVersionId: string): Promise<Population> {
    return this.populations.get(`${teamId}/${datasetVersionId}`, async () => {
      const ref = await this.datasets.samples(teamId, datasetVersionId);
      const table = await this.tables.get(ref);
      return new StoredPopulation(this.tables, ref, await table.index());
    });
  }

  onApplicationShutdown(): Promise<void> {
    return this.tables.close();
  }
}

class StoredPopulation implements Population {
  constructor(
    private readonly tables: SampleTables,
    private readonly ref: ArtifactRef,
    private readonly index: SampleIndex,
  ) {}

  getRow(sample: SampleAddress): number {
    const row = this.index.findRow(sample);
    if (row === undefined) throw sampleNotFound(sample.split, sample.sampleId);
    return row;
  }

  getAddress(row: number): SampleAddress {
    return this.index.getAddress(row);
  }

  async matching(splits: readonly SplitName[], text: string, signal: AbortSignal): Promise<Uint8Array> {
    const table = text === '' ? undefined : await this.tables.get(this.ref);
    const matching = await table?.matching(table.parseFilter(text));
    signal.throwIfAborted();
    const wanted = new Set(splits);
    return Uint8Array.from(this.index.splits, (split, row) =>
      Number((matching === undefined || hasRow(matching, row)) && (wanted.size === 0 || wanted.has(split))),
    );
  }
}
