import { sheetNotFound, tilePixelsInvalid } from './visual.errors.js';

/** Tiles of a sheet: 16 columns of at most 16 lines. */
export const SHEET_TILES = 256;
export const SHEET_COLUMNS = 16;

const DEFAULT_TILE_PIXELS = 64;

/** The rows `from` to `to` − 1 that lie on a sheet. Throws `not-found` SHEET_NOT_FOUND. */
export function rowsOfSheet(
  sheet: number,
  sampleCount: number,
): { readonly from: number; readonly to: number } {
  const sheets = Math.ceil(sampleCount / SHEET_TILES);
  if (sheet < 0 || sheet >= sheets) throw sheetNotFound(sheet, sheets);
  return { from: sheet * SHEET_TILES, to: Math.min(sampleCount, (sheet + 1) * SHEET_TILES) };
}

/** Width and height of a tile: 64 for 0. Throws `invalid` TILE_PIXELS_INVALID. */
export function chooseTilePixels(asked: number): number {
  if (asked === 0) return DEFAULT_TILE_PIXELS;
  if (asked < 16 || asked > 256) throw tilePixelsInvalid(asked);
  return asked;
}
