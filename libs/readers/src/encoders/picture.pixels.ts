import { open } from 'node:fs/promises';
import sharp, { type Sharp } from 'sharp';
import { dataFault } from '../data-fault.js';
import type { FileTree } from '../files/file-tree.js';
import type { Cell, Media } from '../records.js';

const MAX_PIXELS = 100_000_000;
const MAX_FILE_BYTES = 256 * 2 ** 20;

sharp.concurrency(1);
sharp.cache(false);
// Formats that pictures of samples have, and no reader that opens other files, runs scripts or calls other
// programs.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Png', 'Jpeg', 'Webp', 'Nsgif', 'Tiff'].map((format) => `VipsForeignLoad${format}Buffer`),
});

/** A picture, decoded: `[height, width, channels]` bytes from 0 to 255, row-major. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

const pictureInvalid = (name: string, error: unknown) =>
  dataFault(
    'PICTURE_INVALID',
    name,
    `cannot be read as a picture: ${(error as Error).message.slice(0, 200)}`,
    error,
  );

export type Shaping = (picture: Sharp) => Sharp;

/**
 * Decodes the picture of a cell: turned as its EXIF data say, CMYK and 16 bits as 8-bit sRGB, transparency on
 * white; `channels` 1 for luminance, 3 for RGB. Throws `invalid` PICTURE_INVALID that names the file.
 */
export async function decodePicture(
  cell: Cell | undefined,
  tree: FileTree,
  channels: 1 | 3,
  shape: Shaping,
): Promise<Pixels> {
  const media = requireMedia(cell);
  const bytes = media.bytes ?? (await readPicture(tree, media.path));
  const name = media.path === '' ? 'the picture of the record' : media.path;
  try {
    const picture = sharp(bytes, { limitInputPixels: MAX_PIXELS, failOn: 'error' })
      .autoOrient()
      .toColourspace('srgb')
      .flatten({ background: '#ffffff' });
    const cut = media.crop === undefined ? picture : await cutOut(picture, media.crop);
    const shaped = shape(cut).toColourspace(channels === 1 ? 'b-w' : 'srgb');
    const { data, info } = await shaped.raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
    return { width: info.width, height: info.height, channels: info.channels, data };
  } catch (error) {
    throw pictureInvalid(name, error);
  }
}

/** Width and height of a picture in pixels, after its EXIF rotation. Throws `invalid` PICTURE_INVALID. */
export async function readPictureSize(
  tree: FileTree,
  { path, bytes: given }: Media,
): Promise<{ readonly width: number; readonly height: number }> {
  const bytes = given ?? (await readPicture(tree, path));
  try {
    return (await sharp(bytes, { limitInputPixels: MAX_PIXELS }).metadata()).autoOrient;
  } catch (error) {
    throw pictureInvalid(path, error);
  }
}

/** A part of a picture, at least one pixel. */
async function cutOut(picture: Sharp, crop: NonNullable<Media['crop']>): Promise<Sharp> {
  const { autoOrient } = await picture.metadata();
  const span = (from: number, size: number, side: number): readonly [number, number] => {
    const start = Math.min(side - 1, Math.round(from * side));
    return [start, Math.max(1, Math.min(side, Math.round((from + size) * side)) - start)];
  };
  const [left, width] = span(crop.x, crop.width, autoOrient.width);
  const [top, height] = span(crop.y, crop.height, autoOrient.height);
  return picture.extract({ left, top, width, height });
}

function requireMedia(cell: Cell | undefined): Media {
  if (typeof cell === 'object' && cell !== null && 'path' in cell) return cell;
  if (typeof cell === 'string') return { path: cell };
  throw dataFault('PICTURE_MISSING', 'the record', 'has no picture');
}

async function readPicture(tree: FileTree, path: string): Promise<Buffer> {
  const file = await open(tree.absolute(path)).catch((error: unknown) => {
    const { code } = error as NodeJS.ErrnoException;
    throw dataFault(
      'PICTURE_MISSING',
      path,
      code === 'ENOENT' ? 'does not exist' : `cannot be opened (${code})`,
    );
  });
  try {
    const { size } = await file.stat();
    if (size > MAX_FILE_BYTES)
      throw dataFault('PICTURE_INVALID', path, `has ${size} bytes; a picture has at most ${MAX_FILE_BYTES}`);
    return await file.readFile();
  } finally {
    await file.close();
  }
}
