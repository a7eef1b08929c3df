import { deflateSync } from 'node:zlib';

/** A grey picture as PNG, made without a decoder's help; `shadeAt` gives 0 (black) to 255 of a pixel. */
export function syntheticPicture(
  width: number,
  height: number,
  shadeAt: (x: number, y: number) => number,
): Uint8Array {
  const lines = Buffer.alloc(height * (width + 1));
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) lines[y * (width + 1) + 1 + x] = shadeAt(x, y);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(lines, { level: 1 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** A ring of the brightness of its class: what stands for a digit. */
export const ringAt =
  (label: number, size: number) =>
  (x: number, y: number): number =>
    Math.abs(Math.hypot(x - size / 2, y - size / 2) - size * (0.12 + 0.025 * (label % 10))) < size / 14
      ? 255
      : 0;

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(computeCrc(body), body.length + 4);
  return out;
}

const TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = (c & 1) === 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c;
});

function computeCrc(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = TABLE[(crc ^ byte) & 255]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
