import { crc32, deflateSync } from 'node:zlib';

const SIGNATURE = Uint8Array.of(137, 80, 78, 71, 13, 10, 26, 10);
const COLOUR_TYPE = { 1: 0, 3: 2, 4: 6 } as const;

/** Pixels `[height, width, channels]`, row-major, 0 to 255; 1 channel is grey, 3 are RGB, 4 are RGBA. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array;
}

function chunk(type: string, body: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(body.length + 12);
  bytes.writeUInt32BE(body.length, 0);
  bytes.write(type, 4, 'latin1');
  bytes.set(body, 8);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, body.length + 8)), body.length + 8);
  return bytes;
}

export interface PngOptions {
  /**
   * PNG filter of each line: `none`, or `up`, the difference to the line above, which compresses smooth
   * pictures better.
   */
  readonly filter?: 'none' | 'up';
  /** Compression level, 1 (fast) to 9. */
  readonly level?: number;
}

/**
 * Encodes pixels as a PNG file (ISO/IEC 15948) with 8 bits per channel. The same pixels give the same bytes.
 */
export function encodePng(
  { width, height, channels, data }: Pixels,
  { filter = 'none', level = 6 }: PngOptions = {},
): Uint8Array {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, COLOUR_TYPE[channels]], 8);
  const lines = filteredLines(data, width * channels, filter);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(lines, { level })),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

/** Returns each line, preceded by the number of its filter. */
function filteredLines(data: Uint8Array, stride: number, filter: 'none' | 'up'): Uint8Array {
  const height = data.length / stride;
  const lines = new Uint8Array(height * (stride + 1));
  for (let y = 0, from = 0, to = 0; y < height; y++, from += stride, to += stride + 1) {
    lines.set(data.subarray(from, from + stride), to + 1);
    if (filter === 'none') continue;
    lines[to] = 2;
    if (y > 0) for (let x = 0; x < stride; x++) lines[to + 1 + x]! -= data[from - stride + x]!;
  }
  return lines;
}
