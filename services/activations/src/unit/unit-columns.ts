import { Inject, Injectable } from '@nestjs/common';
import { LruCache, type UnitOfWork } from '@noema/kernel';
import { Database } from '@noema/postgres';
import { ActivationSetArtifactStore } from '../activation-set/activation-set-artifacts.store.js';
import type { ActivationSet, Responses } from '../activation-set/activation-set.js';
import { ActivationShardRepository } from '../activation-set/activation-shard.repository.js';

/** Bytes of the columns that are kept: 64 MiB, half of them in one block. */
const CACHE_BYTES = 64 * 2 ** 20;
const BLOCK_BYTES = CACHE_BYTES / 2;

/** Responses of neighbouring units, unit after unit: [units, rows] float32. */
interface Block extends Responses {
  readonly rows: number;
}

/**
 * Reads single units out of matrices that lie row by row. Every shard has to be read for one unit, so its
 * adjacent units are read too, as many as fit a block, and are cached for later requests.
 */
@Injectable()
export class UnitColumns {
  private readonly blocks = new LruCache<Block>(CACHE_BYTES, {
    weigh: ({ mean, max }) => mean.byteLength + max.byteLength,
  });

  constructor(
    @Inject(Database) private readonly unitOfWork: UnitOfWork,
    @Inject(ActivationShardRepository) private readonly shards: Pick<ActivationShardRepository, 'of'>,
    @Inject(ActivationSetArtifactStore)
    private readonly artifacts: Pick<ActivationSetArtifactStore, 'readResponses'>,
  ) {}

  /** Mean and maximum [rows] of the unit in a column of the matrices, over all rows. */
  async of(teamId: string, set: ActivationSet, column: number): Promise<Responses> {
    const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / (8 * Math.max(1, set.sampleCount))));
    const from = column - (column % perBlock);
    const to = Math.min(
      set.layers.reduce((sum, { units }) => sum + units, 0),
      from + perBlock,
    );
    const { rows, mean, max } = await this.blocks.get(`${set.unitStatistics!.sha256}/${set.id}/${from}`, () =>
      this.read(teamId, set, from, to),
    );
    const at = (column - from) * rows;
    return { mean: mean.subarray(at, at + rows), max: max.subarray(at, at + rows) };
  }

  private async read(
    teamId: string,
    { id, sampleCount: rows }: ActivationSet,
    from: number,
    to: number,
  ): Promise<Block> {
    const shards = await this.unitOfWork.run(teamId, () => this.shards.of(id));
    const mean = new Float32Array(rows * (to - from));
    const max = new Float32Array(rows * (to - from));
    for (const { responses, rowCount, firstRow } of shards) {
      const block = await this.artifacts.readResponses(responses!);
      const d = block.mean.length / rowCount;
      for (let column = from, start = firstRow; column < to; column++, start += rows) {
        for (let i = 0; i < rowCount; i++) {
          mean[start + i] = block.mean[i * d + column]!;
          max[start + i] = block.max[i * d + column]!;
        }
      }
    }
    return { rows, mean, max };
  }
}
