import type { DatasetVersion } from '@noema/contracts/noema/datasets/v1/dataset_version';
import { type SampleAddress } from '../../parts/address/sample-key.js';
import { splitName } from '../../parts/address/split.js';

/** Tiles of a sheet, and in a line of it. */
export const TILES = 256;
export const TILES_ACROSS = 16;
const SMALL = 64;

/** The fields of a dataset version that decide how its samples are shown. */
export type ShownData = Pick<DatasetVersion, 'inputs' | 'visualizers'>;

/** Width and height of the larger side of the input in pixels; 0 when no input is a picture. */
export function inputPixels({ inputs }: ShownData): number {
  const dims = inputs.find((input) => input.dims.length >= 2)?.dims ?? [];
  return dims.length < 2 ? 0 : Math.max(dims[0]!, dims[1]!);
}

/** Whether a visual of that media type is a picture, with or without annotations. */
export const isPicture = (mediaType: string): boolean => mediaType.startsWith('image/');

/** Whether a visual of that media type is a video, whose frames lie on one picture. */
export const isVideo = (mediaType: string): boolean => mediaType === 'image/vnd.noema.video+png';

/** Whether a visual of that media type is a picture with boxes or masks. */
export const isAnnotated = (mediaType: string): boolean =>
  isPicture(mediaType) && mediaType !== 'image/png' && !isVideo(mediaType);

/** Whether the first visualizer makes pictures. */
export const hasPictures = ({ visualizers }: ShownData): boolean =>
  isPicture(visualizers[0]?.mediaType ?? '');

/** Whether pictures are so small that their pixels are shown as squares. */
export const isSmallPicture = (version: ShownData): boolean =>
  inputPixels(version) > 0 && inputPixels(version) <= SMALL;

/**
 * Pixels of a tile for a thumbnail of that size: the size of a small input, else 64 for what is hovered and
 * 128 for grids.
 */
export const tilePixels = (version: ShownData, sizePixels: number): number =>
  isSmallPicture(version) ? Math.max(16, inputPixels(version)) : sizePixels <= SMALL ? 64 : 128;

/** Address of the sheet that the row is on. */
export const sheetUrl = (datasetVersionId: string, row: number, pixels: number): string =>
  `/v1/dataset-versions/${encodeURIComponent(datasetVersionId)}/visual-sheets/default/` +
  `${Math.floor(row / TILES)}?tile_pixels=${pixels}`;

/** Sheets of a whole population that are worth their bytes for samples from anywhere in it. */
const MANY_SHEETS = 64;

/**
 * Whether a few samples from anywhere in the population are better requested alone: their pictures are small,
 * and each lies on another sheet. Annotations are drawn on sheets alone.
 */
export const isBetterAlone = (version: ShownData & { readonly sampleCount: number }): boolean =>
  isSmallPicture(version) &&
  version.visualizers[0]?.mediaType === 'image/png' &&
  version.sampleCount > MANY_SHEETS * TILES;

/** Place of a row's tile on its sheet, in tiles. */
export const toTile = (row: number): { readonly column: number; readonly line: number } => ({
  column: (row % TILES) % TILES_ACROSS,
  line: Math.floor((row % TILES) / TILES_ACROSS),
});

/** Address of what a visualizer made of one sample. */
export const visualUrl = (
  datasetVersionId: string,
  { split, sampleId }: SampleAddress,
  visualizer = 'default',
): string =>
  `/v1/dataset-versions/${encodeURIComponent(datasetVersionId)}/samples/${splitName(split)}/` +
  `${encodeURIComponent(sampleId)}/visuals/${encodeURIComponent(visualizer)}`;
