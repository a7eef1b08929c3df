import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { type Port, type RowSelection, selectRows } from '@noema/kernel';
import type { DatasetShard, DatasetVersion } from '../dataset-version/dataset-version.js';
import { DatasetVersionService } from '../dataset-version/dataset-version.service.js';
import { ShardCache } from '../dataset-version/shard.cache.js';
import { SharpPainter } from '../sharp/sharp.painter.js';
import { SharedResults } from './shared-results.js';
import { rowsOfSheet, chooseTilePixels } from './visual-sheet.js';
import { noPictureReadable } from './visual.errors.js';
import type { Visual } from './visual.js';
import { VisualStore } from './visual.store.js';
import { findAnnotator, findPictures } from './visualizer.js';

/** Bytes of the sheets that stay in memory. */
const CACHE_BYTES = 64 * 2 ** 20;

/** The pictures of many samples at once. */
@Injectable()
export class VisualService {
  private readonly sheets = new SharedResults<Visual>(CACHE_BYTES, (sheet) => sheet.bytes.length);

  constructor(
    @Inject(DatasetVersionService) private readonly versions: Pick<DatasetVersionService, 'getReady'>,
    @Inject(ShardCache) private readonly shards: Port<ShardCache>,
    @Inject(VisualStore) private readonly visuals: Pick<VisualStore, 'all'>,
    @Inject(SharpPainter) private readonly painter: Port<SharpPainter>,
  ) {}

  /**
   * 256 pictures on one sheet. Throws `not-found` SHEET_NOT_FOUND, VISUALIZER_NOT_FOUND, `precondition`
   * VISUALIZER_MAKES_NO_PICTURES, `invalid` TILE_PIXELS_INVALID.
   */
  async sheet(
    teamId: string,
    versionId: string,
    asked: { readonly visualizer: string; readonly sheet: number; readonly tilePixels: number },
    signal: AbortSignal,
  ): Promise<Visual> {
    const version = await this.versions.getReady(teamId, versionId);
    const { name, mediaType } = findPictures(version.ready.content, asked.visualizer);
    const [rows, tilePixels] = [
      rowsOfSheet(asked.sheet, version.ready.content.sampleCount),
      chooseTilePixels(asked.tilePixels),
    ];
    return this.sheets.get(
      JSON.stringify([version.id, name, asked.sheet, tilePixels]),
      signal,
      async (stop) => {
        const pictures: Uint8Array[] = [];
        for (let row = rows.from; row < rows.to; stop.throwIfAborted()) {
          const { shard, values } = await this.readShard(teamId, version, name, row);
          pictures.push(...values.slice(row - shard.firstRow, rows.to - shard.firstRow));
          row = shard.firstRow + shard.rowCount;
        }
        const style = { tilePixels, annotate: findAnnotator(mediaType) };
        return toVisual('image/webp', await this.painter.sheet(pictures, style, stop));
      },
    );
  }

  /**
   * The mean of the selected pictures. Throws what `selectRows` throws, and `precondition`
   * VISUALIZER_MAKES_NO_PICTURES, NO_PICTURE_READABLE.
   */
  async mean(
    teamId: string,
    versionId: string,
    asked: { readonly visualizer: string; readonly selection: RowSelection | undefined },
    signal: AbortSignal,
  ): Promise<Visual> {
    const version = await this.versions.getReady(teamId, versionId);
    const { name } = findPictures(version.ready.content, asked.visualizer);
    const rows = selectRows(asked.selection, version.ready.content.sampleCount);
    const png = await this.painter.mean(
      this.readPictures(teamId, version, { visualizer: name, rows }),
      signal,
    );
    if (png === undefined) throw noPictureReadable(rows.length);
    return toVisual('image/png', png);
  }

  /** The pictures of rising rows, shard by shard. */
  private async *readPictures(
    teamId: string,
    version: DatasetVersion,
    { visualizer, rows }: { readonly visualizer: string; readonly rows: Int32Array },
  ): AsyncGenerator<Uint8Array[]> {
    for (let at = 0; at < rows.length; ) {
      const { shard, values } = await this.readShard(teamId, version, visualizer, rows[at]!);
      const pictures: Uint8Array[] = [];
      for (; at < rows.length && rows[at]! < shard.firstRow + shard.rowCount; at++)
        pictures.push(values[rows[at]! - shard.firstRow]!);
      yield pictures;
    }
  }

  private async readShard(
    teamId: string,
    version: DatasetVersion,
    visualizer: string,
    row: number,
  ): Promise<{ readonly shard: DatasetShard; readonly values: readonly Uint8Array[] }> {
    const shard = await this.shards.get(teamId, version, row);
    return { shard, values: await this.visuals.all(shard, visualizer) };
  }
}

const toVisual = (mediaType: string, bytes: Uint8Array): Visual => ({
  mediaType,
  bytes,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
