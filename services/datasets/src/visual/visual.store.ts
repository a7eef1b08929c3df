import { createHash } from 'node:crypto';
import { type ArtifactStore, type BlobColumn, readBlobs } from '@noema/artifacts';
import { LruCache } from '@noema/kernel';
import type { DatasetShard } from '../dataset-version/dataset-version.js';
import { visualizerNotFound } from '../dataset-version/dataset-version.errors.js';
import type { Visual, Visuals } from './visual.ports.js';

/** Pictures of samples, read shard by shard; the last used shards stay in memory. */
export class VisualShards implements Visuals {
  private readonly shards: LruCache<{ readonly columns: readonly BlobColumn[]; readonly sizeBytes: number }>;

  constructor(
    private readonly store: ArtifactStore,
    { memoryBytes = 128 * 2 ** 20 } = {},
  ) {
    this.shards = new LruCache(memoryBytes, { weightOf: (shard) => shard.sizeBytes });
  }

  async get(shard: DatasetShard, visualizer: string, row: number): Promise<Visual> {
    const { mediaType, values } = await this.column(shard, visualizer);
    const bytes = values[row];
    if (bytes === undefined) throw visualizerNotFound(visualizer, []);
    return { mediaType, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
  }

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
