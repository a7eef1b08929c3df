import { Inject, Injectable } from '@nestjs/common';
import { LruCache, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import type { DatasetShard, DatasetVersion } from './dataset-version.js';
import { DatasetVersionRepository } from './dataset-version.repository.js';

/** Caches the shards of versions that the caller has seen to be ready; they never change. */
@Injectable()
export class ShardCache {
  private readonly shards = new LruCache<DatasetShard>(4096);

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(DatasetVersionRepository) private readonly versions: Pick<DatasetVersionRepository, 'shard'>,
  ) {}

  /**
   * Returns the shard that holds a row. Throws `not-found` DATASET_VERSION_NOT_FOUND when the version was
   * deleted meanwhile.
   */
  get(
    teamId: string,
    { id, ingestionId, shardSize }: Pick<DatasetVersion, 'id' | 'ingestionId' | 'shardSize'>,
    row: number,
  ): Promise<DatasetShard> {
    const index = Math.floor(row / shardSize);
    // Deleted and ingested again, the version has the same id and other artifacts.
    return this.shards.get(`${ingestionId}/${index}`, () =>
      this.unitOfWork.run(teamId, () => this.versions.shard(id, index)),
    );
  }
}
