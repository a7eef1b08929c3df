import { encodePng } from '@noema/integration';
import { decode } from 'fast-png';

const WANTED_PX = 224;
/** Where the header of a PNG has its width. */
const WIDTH_AT = 16;

/**
 * The picture with every pixel repeated until it is some 224 pixels wide: not every viewer draws small
 * pictures with hard pixels.
 */
export function enlarge(png: Uint8Array): Uint8Array {
  if (Buffer.from(png.buffer, png.byteOffset, png.length).readUInt32BE(WIDTH_AT) > WANTED_PX / 2) return png;
  const { width, height, data, channels, depth, palette } = decode(png);
  const factor = Math.floor(WANTED_PX / width);
  if (
    factor < 2 ||
    depth !== 8 ||
    palette !== undefined ||
    (channels !== 1 && channels !== 3 && channels !== 4)
  )
    return png;
  const large = new Uint8Array(width * height * channels * factor * factor);
  for (let y = 0; y < height * factor; y++) {
    for (let x = 0; x < width * factor; x++) {
      const from = (Math.floor(y / factor) * width + Math.floor(x / factor)) * channels;
      large.set(data.subarray(from, from + channels), (y * width * factor + x) * channels);
    }
  }
  return encodePng({ width: width * factor, height: height * factor, channels, data: large });
}
