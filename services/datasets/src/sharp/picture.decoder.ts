import type { Sharp } from 'sharp';
import { Lanes } from './lanes.js';
import { loadSharp } from './load-sharp.js';
import { type PngPixels, readSmallPng } from './small-png.js';

/** Pixels `[height, width, 4]`, RGBA, 0 to 255, not premultiplied. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** True when the picture has, or may have, more pixels than these. */
  readonly reduced: boolean;
}

/**
 * Side of a picture up to which it is read in this thread, in less time than it takes to hand it to another.
 */
export const SMALL_PIXELS = 64;
const MAX_PIXELS = 50_000_000;

/** Node has four threads for all slow work; files and DNS need some as well. */
const lanes = new Lanes(2);

/**
 * A picture, made smaller where it does not fit into a square of that side; `undefined` when it cannot be
 * read. Large ones are read in other threads.
 */
export async function decodePicture(bytes: Uint8Array, side: number): Promise<Pixels | undefined> {
  try {
    const small = readSmallPng(bytes, Math.min(side, SMALL_PIXELS));
    if (small !== undefined) return toRgba(small);
  } catch {
    return undefined;
  }
  // Without its library no picture can be read, which is no fault of this one.
  const sharp = await loadSharp();
  try {
    return await lanes.run(() => reduce(sharp(bytes, { limitInputPixels: MAX_PIXELS }), side));
  } catch {
    return undefined;
  }
}

async function reduce(picture: Sharp, side: number): Promise<Pixels> {
  const { data, info } = await picture
    .autoOrient()
    .resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb')
    .ensureAlpha()
    .raw({ depth: 'uchar' })
    .toBuffer({ resolveWithObject: true });
  return {
    width: info.width,
    height: info.height,
    data,
    reduced: Math.max(info.width, info.height) === side,
  };
}

function toRgba({ width, height, channels, data }: PngPixels): Pixels {
  if (channels === 4) return { width, height, data, reduced: false };
  const rgba = new Uint8Array(width * height * 4);
  const grey = channels < 3;
  for (let from = 0, to = 0; to < rgba.length; from += channels, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[grey ? from : from + 1]!;
    rgba[to + 2] = data[grey ? from : from + 2]!;
    rgba[to + 3] = channels === 2 ? data[from + 1]! : 255;
  }
  return { width, height, data: rgba, reduced: false };
}
