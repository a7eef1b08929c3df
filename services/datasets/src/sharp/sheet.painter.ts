import { setImmediate as nextTurn } from 'node:timers/promises';
import type { PixelGrid } from '@noema/integration';
import { SHEET_COLUMNS } from '../visual/visual-sheet.js';
import { Lanes } from './lanes.js';
import { loadSharp } from './load-sharp.js';
import { decodePicture, type Pixels, SMALL_PIXELS } from './picture.decoder.js';
import { unreadableMark } from './unreadable.mark.js';

/** How the pictures of a sheet are drawn. */
export interface SheetStyle {
  /** Width and height of a tile. */
  readonly tilePixels: number;
  /** Draws the annotations of a stored picture on its tile; absent for pictures without any. */
  readonly annotate?: ((picture: Uint8Array, tile: PixelGrid) => void) | undefined;
}

/** Number of pictures that are started before the event loop gets its turn. */
const BATCH = 16;

/** A sheet of the largest tiles is 64 MiB of pixels. */
const lanes = new Lanes(2);

/**
 * The pictures on one sheet, 16 in a line, each in the middle of its transparent tile, as WebP: lossless when
 * all are small and whole, otherwise of quality 80.
 */
export function paintSheet(
  pictures: readonly Uint8Array[],
  { tilePixels, annotate }: SheetStyle,
  signal: AbortSignal,
): Promise<Uint8Array> {
  return lanes.run(async () => {
    const size = {
      width: SHEET_COLUMNS * tilePixels,
      height: Math.ceil(pictures.length / SHEET_COLUMNS) * tilePixels,
    };
    const sheet = new Uint8Array(size.width * size.height * 4);
    const mark = unreadableMark(tilePixels);
    let lossless = true;
    for (let from = 0; from < pictures.length; from += BATCH) {
      await nextTurn();
      signal.throwIfAborted();
      await Promise.all(
        pictures.slice(from, from + BATCH).map(async (bytes, i) => {
          const pixels = (await decodePicture(bytes, tilePixels)) ?? mark;
          lossless &&=
            pixels === mark || (!pixels.reduced && Math.max(pixels.width, pixels.height) <= SMALL_PIXELS);
          if (pixels !== mark) annotate?.(bytes, pixels);
          place(sheet, { tile: from + i, tilePixels, pixels });
        }),
      );
    }
    signal.throwIfAborted();
    const webp = lossless ? { lossless: true, effort: 2 } : { quality: 80, effort: 3 };
    const sharp = await loadSharp();
    return sharp(sheet, { raw: { ...size, channels: 4 } })
      .webp(webp)
      .toBuffer();
  });
}

function place(
  sheet: Uint8Array,
  {
    tile,
    tilePixels,
    pixels: { width, height, data },
  }: { readonly tile: number; readonly tilePixels: number; readonly pixels: Pixels },
): void {
  const left = (tile % SHEET_COLUMNS) * tilePixels + Math.floor((tilePixels - width) / 2);
  const top = Math.floor(tile / SHEET_COLUMNS) * tilePixels + Math.floor((tilePixels - height) / 2);
  for (let y = 0; y < height; y++)
    sheet.set(
      data.subarray(y * width * 4, (y + 1) * width * 4),
      ((top + y) * SHEET_COLUMNS * tilePixels + left) * 4,
    );
}
