import type { ArtifactStore } from '@noema/artifacts';
import { type ArtifactRef, LruCache, type SampleAddress, type SplitName } from '@noema/kernel';
import { hasRow, type SampleIndex, SampleTables } from '@noema/population';
import { sampleNotFound } from '../vector-index/similarity.errors.js';
import type { Population, PopulationReader } from '../vector-index/similarity.ports.js';

/** Finds the sample table of a dataset version. */
export interface DatasetSamples {
  samples(teamId: string, datasetVersionId: string): Promise<ArtifactRef>;
}

/** Versions whose tables and addresses stay in memory. */
const CACHED_VERSIONS = 4;

/** Populations from the sample tables of the datasets service; versions never change, so they are read once. */
export class StoredPopulations implements PopulationReader {
  private readonly populations = new LruCache<Population>(CACHED_VERSIONS);
  private readonly tables: SampleTables;

  constructor(
    store: ArtifactStore,
    private readonly datasets: DatasetSamples,
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

  close(): Promise<void> {
    return this.tables.close();
  }
}

class StoredPopulation implements Population {
  constructor(
    private readonly tables: SampleTables,
    private readonly ref: ArtifactRef,
    private readonly index: SampleIndex,
  ) {}

  get size(): number {
    return this.index.size;
  }

  rowOf(sample: SampleAddress): number {
    const row = this.index.findRow(sample);
    if (row === undefined) throw sampleNotFound(sample.split, sample.sampleId);
    return row;
  }

  addressOf(row: number): SampleAddress {
    return this.index.addressOf(row);
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
