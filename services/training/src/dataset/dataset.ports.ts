import type { FieldReader } from '@noema/kernel';
import type { Dataset, DatasetShard, LoadedDataset, SampleIndex } from './dataset.js';

/** The dataset versions of the datasets service. */
export interface Datasets {
  /** Throws `not-found` DATASET_VERSION_NOT_FOUND, `unavailable` when the service is away. */
  version(teamId: string, id: string): Promise<Dataset>;
  shards(teamId: string, id: string): Promise<readonly DatasetShard[]>;
}

/** The content of dataset versions. */
export interface DatasetReader {
  /**
   * Reads the ground truth of all rows into shared memory, and their inputs where they are to stay there;
   * else a shard at a time. Stops at the signal.
   */
  load(
    dataset: Dataset,
    shards: readonly DatasetShard[],
    options: { readonly signal: AbortSignal; readonly inputs: 'resident' | 'in parts' },
  ): Promise<LoadedDataset>;
  index(dataset: Dataset): Promise<SampleIndex>;
  /** Reads some of the index's fields for all rows. */
  columns(dataset: Dataset, names: readonly string[]): Promise<ReadonlyMap<string, FieldReader>>;
}
