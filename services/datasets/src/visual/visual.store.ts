import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type ArtifactStore, type BlobColumn, readBlobs } from '@noema/artifacts';
import { ARTIFACT_STORE } from '@noema/host';
import { LruCache } from '@noema/kernel';
import { visualizerNotFound } from '../dataset-version/dataset-version.errors.js';
import type { DatasetShard } from '../dataset-version/dataset-version.js';
import type { Visual } from './visual.js';

/** Bytes of the shards that stay in memory. */
const CACHE_BYTES = 128 * 2 ** 20;

interface VisualShard {
  readonly columns: readonly BlobColumn[];
  readonly sizeBytes: number;
}

/** Reads what visualizers made, shard by shard; the last used shards stay in memory. */
@Injectable()
export class VisualStore {
  private readonly shards = new LruCache<VisualShard>(CACHE_BYTES, { weigh: (shard) => shard.sizeBytes });

  constructor(@Inject(ARTIFACT_STORE) private readonly store: ArtifactStore) {}

  /** Returns the visual of one row of a shard. Throws `not-found` VISUALIZER_NOT_FOUND. */
  async get(shard: DatasetShard, visualizer: string, row: number): Promise<Visual> {
    const { mediaType, values } = await this.column(shard, visualizer);
    const bytes = values[row];
    if (bytes === undefined) throw visualizerNotFound(visualizer, []);
    return { mediaType, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

  /** Returns the bytes of every row of a shard. Throws `not-found` VISUALIZER_NOT_FOUND. */
  async all(shard: DatasetShard, visualizer: string): Promise<readonly Uint8Array[]> {
    return (await this.column(shard, visualizer)).values;
  }

  private async column({ visuals }: DatasetShard, visualizer: string): Promise<BlobColumn> {
    if (visuals === undefined) throw visualizerNotFound(visualizer, []);
    const { columns } = await this.shards.get(visuals.uri, async () => {
      const bytes = await this.store.get(visuals);
      return { columns: readBlobs(bytes), sizeBytes: bytes.length };
    });
    const column = columns.find((c) => c.name === visualizer);
    if (column === undefined)
      throw visualizerNotFound(
        visualizer,
        columns.map((c) => c.name),
      );
    return column;
  }
}
