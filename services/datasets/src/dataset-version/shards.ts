import { LruCache, type UnitOfWork } from '@noema/kernel';
import type { DatasetShard, DatasetVersion } from './dataset-version.js';
import type { DatasetRepository } from './dataset-version.ports.js';

/**
 * The shards of versions that the caller has seen to be ready; they never change, so those used last are not
 * asked for again.
 */
export class Shards {
  private readonly known = new LruCache<DatasetShard>(4096);

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly repository: DatasetRepository,
  ) {}

  /**
   * The shard that holds a row. Throws `not-found` DATASET_VERSION_NOT_FOUND when the version was deleted
   * meanwhile.
   */
  of(teamId: string, { id, ingestionId, shardSize }: DatasetVersion, row: number): Promise<DatasetShard> {
    const index = Math.floor(row / shardSize);
    // Deleted and ingested again, the version has the same id and other artifacts.
    return this.known.get(`${ingestionId}/${index}`, () =>
      this.unitOfWork.run(teamId, () => this.repository.shard(id, index)),
    );
  }
}
