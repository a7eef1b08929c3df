import { crc32, deflateSync } from 'node:zlib';
import { seededRandom } from '@noema/kernel';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { readSmallPng } from './small-png.js';

const random = seededRandom(3);
const pixels = (width: number, height: number, channels: 1 | 2 | 3 | 4): Uint8Array =>
  Uint8Array.from({ length: width * height * channels }, (_, i) =>
    random() < 0.3 ? Math.floor(random() * 256) : (i * 3) % 256,
  );

function chunk(type: string, body: Uint8Array): Buffer {
  const typed = Buffer.concat([Buffer.from(type), body]);
  const [length, sum] = [Buffer.alloc(4), Buffer.alloc(4)];
  length.writeUInt32BE(body.length);
  sum.writeUInt32BE(crc32(typed));
  return Buffer.concat([length, typed, sum]);
}
/** A grey picture of 3 × 2 whose lines have these bytes, the filter first. */
function grey3x2(
  lines: readonly number[],
  { interlaced = 0, extra = new Uint8Array(0) }: { interlaced?: number; extra?: Uint8Array } = {},
): Buffer {
  const header = Buffer.from([0, 0, 0, 3, 0, 0, 0, 2, 8, 0, 0, 0, interlaced]);
  return Buffer.concat([
    Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]),
    chunk('IHDR', header),
    extra,
    chunk('IDAT', deflateSync(Uint8Array.from(lines))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('a small PNG', () => {
  it.each([1, 2, 3, 4] as const)(
    'of %i channels is read as libpng wrote it, whichever filters it chose',
    async (channels) => {
      for (const [width, height] of [
        [1, 1],
        [28, 28],
        [64, 3],
        [17, 64],
      ] as const) {
        for (const adaptiveFiltering of [true, false]) {
          const data = pixels(width, height, channels);
          let picture = sharp(data, { raw: { width, height, channels } });
          if (channels < 3) picture = picture.toColourspace('b-w');
          // libvips adds a chunk about resolution, and a file with extras is left to sharp.
          const read = readSmallPng(withoutExtras(await picture.png({ adaptiveFiltering }).toBuffer()), 64);
          expect(read).toMatchObject({ width, height, channels });
          expect(Buffer.compare(read!.data, data)).toBe(0);
        }
      }
    },
  );
  it('has lines of every filter', () => {
    const read = (lines: readonly number[]) => [...readSmallPng(grey3x2(lines), 64)!.data];
    expect(read([0, 10, 20, 30, 0, 1, 2, 3])).toEqual([10, 20, 30, 1, 2, 3]);
    expect(read([1, 10, 20, 30, 1, 250, 10, 1])).toEqual([10, 30, 60, 250, 4, 5]);
    expect(read([0, 10, 20, 30, 2, 1, 2, 250])).toEqual([10, 20, 30, 11, 22, 24]);
    expect(read([0, 10, 20, 31, 3, 1, 2, 3])).toEqual([10, 20, 31, 6, 15, 26]);
    expect(read([0, 10, 20, 30, 4, 1, 2, 3])).toEqual([10, 20, 30, 11, 22, 33]);
  });
  it('that is large, interlaced, has extras or is not a PNG is left to other decoders', async () => {
    expect(readSmallPng(grey3x2([0, 1, 2, 3, 0, 1, 2, 3]), 2)).toBeUndefined();
    expect(readSmallPng(grey3x2([0, 1, 2, 3, 0, 1, 2, 3], { interlaced: 1 }), 64)).toBeUndefined();
    expect(
      readSmallPng(grey3x2([0, 1, 2, 3, 0, 1, 2, 3], { extra: chunk('tRNS', Buffer.from([0, 1])) }), 64),
    ).toBeUndefined();
    expect(
      readSmallPng(
        await sharp(pixels(4, 4, 3), { raw: { width: 4, height: 4, channels: 3 } })
          .png({ palette: true })
          .toBuffer(),
        64,
      ),
    ).toBeUndefined();
    for (const bytes of [new Uint8Array(0), new Uint8Array(40), Buffer.from('GIF89a')])
      expect(readSmallPng(bytes, 64)).toBeUndefined();
  });
  it('that is damaged is refused: cut, flipped, of too few or too many lines, with an unknown filter', () => {
    const good = grey3x2([0, 1, 2, 3, 0, 1, 2, 3]);
    const readsNothing = (bytes: Uint8Array): boolean => {
      try {
        return readSmallPng(bytes, 64) === undefined;
      } catch {
        return true;
      }
    };
    for (let length = 0; length < good.length; length++)
      expect(readsNothing(good.subarray(0, length)), `${length} bytes`).toBe(true);
    expect(readsNothing(good)).toBe(false);
    for (const lines of [
      [0, 1, 2, 3],
      [0, 1, 2, 3, 0, 1, 2, 3, 0],
      [0, 1, 2, 3, 5, 1, 2, 3],
    ])
      expect(() => readSmallPng(grey3x2(lines), 64)).toThrow();
    const flipped = Buffer.from(good);
    flipped[45]! ^= 1;
    expect(() => readSmallPng(flipped, 64)).toThrow(/checksum/);
  });
});

function withoutExtras(png: Buffer): Buffer {
  const kept: Uint8Array[] = [png.subarray(0, 8)];
  for (let at = 8; at < png.length; ) {
    const end = at + 12 + png.readUInt32BE(at);
    if (['IHDR', 'IDAT', 'IEND'].includes(png.toString('latin1', at + 4, at + 8)))
      kept.push(png.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept);
}
