import { type DecodedPng, decode } from 'fast-png';
import sharp from 'sharp';
import { Lanes } from './lanes.js';

/** Pixels `[height, width, 4]`, RGBA, 0 to 255, not premultiplied. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
  /** True when they are fewer than those of the picture, or may be. */
  readonly reduced: boolean;
}

/** Side of a picture up to which it is read in this thread, in less time than it takes to hand it to another. */
export const SMALL_PIXELS = 64;
const MAX_PIXELS = 50_000_000;

sharp.concurrency(1);
sharp.cache(false);
// Formats that pictures of samples have, and no reader that opens files, runs scripts or calls other programs.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadPngBuffer', 'VipsForeignLoadJpegBuffer', 'VipsForeignLoadWebpBuffer', 'VipsForeignLoadNsgifBuffer'] });

/** Node has four threads for all slow work; files and DNS need some as well. */
const lanes = new Lanes(2);

/** A picture, made smaller where it does not fit into a square of that side; `undefined` when it cannot be read. Large ones are read in other threads. */
export async function decodePicture(bytes: Uint8Array, side: number): Promise<Pixels | undefined> {
  try {
    return isSmallPng(bytes, Math.min(side, SMALL_PIXELS)) ? rgbaOf(decode(bytes, { checkCrc: true })) : await lanes.run(() => reduce(bytes, side));
  } catch {
    return undefined;
  }
}

async function reduce(bytes: Uint8Array, side: number): Promise<Pixels> {
  const { data, info } = await sharp(bytes, { limitInputPixels: MAX_PIXELS }).autoOrient().resize(side, side, { fit: 'inside', withoutEnlargement: true })
    .toColourspace('srgb').ensureAlpha().raw({ depth: 'uchar' }).toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, data, reduced: Math.max(info.width, info.height) === side };
}

/** True for a PNG of at most 8 bits a channel, without palette, whose header says that it is no larger than a square of that side. */
function isSmallPng(bytes: Uint8Array, side: number): boolean {
  if (bytes.length < 33 || bytes[0] !== 0x89 || bytes[1] !== 0x50) return false;
  const header = new DataView(bytes.buffer, bytes.byteOffset + 16, 10);
  const [width, height, depth, colour] = [header.getUint32(0), header.getUint32(4), header.getUint8(8), header.getUint8(9)];
  return width <= side && height <= side && depth === 8 && colour !== 3;
}

function rgbaOf({ width, height, channels, data }: DecodedPng): Pixels {
  if (channels === 4) return { width, height, data: data as Uint8Array, reduced: false };
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
