import type { DatasetShard } from '../dataset-version/dataset-version.js';

/** One thing that a visualizer made. */
export interface Visual {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly sha256: string;
}

/** What visualizers made, shard by shard. */
export interface Visuals {
  /** Of one row of a shard. Throws `not-found` VISUALIZER_NOT_FOUND. */
  get(shard: DatasetShard, visualizer: string, row: number): Promise<Visual>;
  /** The bytes of every row of a shard. Throws `not-found` VISUALIZER_NOT_FOUND. */
  all(shard: DatasetShard, visualizer: string): Promise<readonly Uint8Array[]>;
}

/** Draws with pictures of whatever size and format. */
export interface Painter {
  /** The pictures on one sheet, 16 in a line, as WebP; one that cannot be read leaves a mark. */
  sheet(pictures: readonly Uint8Array[], tilePixels: number, signal: AbortSignal): Promise<Uint8Array>;
  /**
   * The mean of the pictures as PNG, without those that cannot be read; `undefined` when that is all of them.
   */
  mean(pictures: AsyncIterable<readonly Uint8Array[]>, signal: AbortSignal): Promise<Uint8Array | undefined>;
}
