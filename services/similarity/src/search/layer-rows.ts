import { type ArtifactStore, readMatrix } from '@noema/artifacts';
import { type Basis, LayerView } from '@noema/perception';
import type { ResponseSource } from '../peers/activations.client.js';

/** Successive rows of a population; row i of the view is row `firstRow + i`. */
export interface LayerBlock {
  readonly firstRow: number;
  readonly view: LayerView;
}

/** Responses in which layers can be weighted. */
export interface LayerRows {
  readonly n: number;
  /** Bytes that stay in memory. */
  readonly byteLength: number;
  /** Reads all rows once, in order. A block is invalid when the next one is read. */
  blocks(): AsyncIterable<LayerBlock>;
}

/** All rows in memory. */
export class ResidentRows implements LayerRows {
  private constructor(private readonly view: LayerView) {}

  static async read(rows: StreamedRows): Promise<ResidentRows> {
    const view = new LayerView(rows.basis, rows.n);
    for await (const { firstRow, responses } of rows.shards()) view.fill(responses, firstRow);
    return new ResidentRows(view);
  }

  get n(): number {
    return this.view.n;
  }

  get byteLength(): number {
    return this.view.byteLength;
  }

  async *blocks(): AsyncGenerator<LayerBlock> {
    yield await Promise.resolve({ firstRow: 0, view: this.view });
  }
}

/** Rows that are read from the store for every search, one shard at a time. */
export class StreamedRows implements LayerRows {
  readonly byteLength: number;

  constructor(
    private readonly store: Pick<ArtifactStore, 'get'>,
    private readonly source: Pick<ResponseSource, 'shards'>,
    readonly basis: Basis,
    readonly n: number,
  ) {
    this.byteLength = basis.mean.byteLength + basis.scale.byteLength;
  }

  async *shards(): AsyncGenerator<{ readonly firstRow: number; readonly responses: Float32Array }> {
    for (const { firstRow, responses } of this.source.shards)
      yield { firstRow, responses: readMatrix(await this.store.get(responses)).float32('mean').data };
  }

  async *blocks(): AsyncGenerator<LayerBlock> {
    for await (const { firstRow, responses } of this.shards()) {
      const view = new LayerView(this.basis, responses.length / this.basis.mean.length);
      view.fill(responses, 0);
      yield { firstRow, view };
    }
  }
}
