import { Recent, type UnitOfWork } from '@noema/kernel';
import type { ActivationLayer, ActivationSet } from './activation-set.js';
import type { ActivationShards, Responses, SetArtifacts } from './activation-set.ports.js';

/** Bytes that columns of several units, read together, take at most: 64 MiB are kept, 16 of them in one block. */
const KEPT_BYTES = 64 * 2 ** 20;
const BLOCK_BYTES = KEPT_BYTES / 4;

/** Responses of neighbouring units, unit after unit: [units, rows] float32. */
interface Block extends Responses {
  readonly rows: number;
}

/**
 * Reads single units out of matrices that lie row by row. Every shard has to be read for one unit, so the units beside it in the layer are
 * taken along, as many as fit a block, and kept for whoever looks at them next.
 */
export class UnitColumns {
  private readonly blocks = new Recent<Block>(KEPT_BYTES, { weightOf: ({ mean, max }) => mean.byteLength + max.byteLength });

  constructor(private readonly ports: { readonly work: UnitOfWork; readonly shards: ActivationShards; readonly artifacts: SetArtifacts }) {}

  /** Mean and maximum [rows] of a unit over all rows; `first` is the column of the layer's first unit. */
  async of(teamId: string, set: ActivationSet, layer: ActivationLayer, { first, unit }: { readonly first: number; readonly unit: number }): Promise<Responses> {
    const perBlock = Math.max(1, Math.floor(BLOCK_BYTES / (8 * Math.max(1, set.sampleCount))));
    const from = unit - (unit % perBlock), to = Math.min(layer.units, from + perBlock);
    const { rows, mean, max } = await this.blocks.get(`${set.unitStatistics!.sha256}/${set.id}/${first + from}`, () => this.read(teamId, set, first + from, first + to));
    const at = (unit - from) * rows;
    return { mean: mean.subarray(at, at + rows), max: max.subarray(at, at + rows) };
  }

  private async read(teamId: string, { id, sampleCount: rows }: ActivationSet, from: number, to: number): Promise<Block> {
    const shards = await this.ports.work.run(teamId, () => this.ports.shards.of(id));
    const mean = new Float32Array(rows * (to - from)), max = new Float32Array(rows * (to - from));
    for (const { responses, rowCount, firstRow } of shards) {
      const block = await this.ports.artifacts.readResponses(responses!), d = block.mean.length / rowCount;
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
