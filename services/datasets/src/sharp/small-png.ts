import { crc32, inflateSync } from 'node:zlib';

/**
 * Pixels `[height, width, channels]`, 0 to 255; 1 channel is grey, 2 are grey with opacity, 3 are RGB, 4 are
 * RGBA.
 */
export interface PngPixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 4: 2, 6: 4 };
/** Chunks of pixels, and the one of annotations that visuals have. */
const KNOWN = new Set(['IHDR', 'IDAT', 'IEND', 'noMa']);
const HEADER_BYTES = 33;

/**
 * Reads a PNG (ISO/IEC 15948) of at most `side` pixels a side, 8 bits a channel, not interlaced, without
 * palette and extras, such as the SDK writes. `undefined` for any other file. Throws when the file is
 * damaged.
 */
export function readSmallPng(bytes: Uint8Array, side: number): PngPixels | undefined {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (file.length < HEADER_BYTES || file.readUInt32BE(0) !== 0x89504e47) return undefined;
  const [width, height, channels] = [file.readUInt32BE(16), file.readUInt32BE(20), CHANNELS[file[25]!]];
  if (
    width === 0 ||
    height === 0 ||
    width > side ||
    height > side ||
    file[24] !== 8 ||
    channels === undefined ||
    file[28] !== 0
  )
    return undefined;
  const parts: Uint8Array[] = [];
  for (let at = 8, type = ''; type !== 'IEND'; ) {
    const length = file.readUInt32BE(at);
    type = file.toString('latin1', at + 4, at + 8);
    if (!KNOWN.has(type)) return undefined;
    if (crc32(file.subarray(at + 4, at + 8 + length)) !== file.readUInt32BE(at + 8 + length))
      throw new Error(`the checksum of ${type} is wrong`);
    if (type === 'IDAT') parts.push(file.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  const size = height * (width * channels + 1);
  const lines = inflateSync(parts.length === 1 ? parts[0]! : Buffer.concat(parts), { maxOutputLength: size });
  if (lines.length !== size) throw new Error(`it has ${lines.length} bytes of lines, not ${size}`);
  return {
    width,
    height,
    channels,
    data: unfiltered(lines, { stride: width * channels, height, step: channels }),
  };
}

/** Undoes the filter of each line: none, left, above, their mean, Paeth's predictor. */
function unfiltered(
  lines: Uint8Array,
  { stride, height, step }: { readonly stride: number; readonly height: number; readonly step: number },
): Uint8Array {
  const data = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const from = y * (stride + 1) + 1;
    const to = y * stride;
    const filter = lines[from - 1]!;
    if (filter > 4) throw new Error(`there is no filter ${filter}`);
    data.set(lines.subarray(from, from + stride), to);
    if (filter === 0) continue;
    for (let x = 0; x < stride; x++) {
      const left = x < step ? 0 : data[to + x - step]!;
      const above = y === 0 ? 0 : data[to + x - stride]!;
      const corner = x < step || y === 0 ? 0 : data[to + x - stride - step]!;
      data[to + x]! +=
        filter === 1
          ? left
          : filter === 2
            ? above
            : filter === 3
              ? (left + above) >> 1
              : paeth(left, above, corner);
    }
  }
  return data;
}

function paeth(left: number, above: number, corner: number): number {
  const guess = left + above - corner;
  const [a, b, c] = [Math.abs(guess - left), Math.abs(guess - above), Math.abs(guess - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}
