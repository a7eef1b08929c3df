import { encode } from 'fast-png';
import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { SharpPainter } from './sharp.painter.js';

const painter = new SharpPainter();
const never = new AbortController().signal;
const grey = (side: number, value: (i: number) => number): Uint8Array =>
  encode({
    width: side,
    height: side,
    channels: 1,
    depth: 8,
    data: Uint8Array.from({ length: side * side }, (_, i) => value(i)),
  });
const flat = (width: number, height: number, colour: readonly number[]): Uint8Array =>
  encode({
    width,
    height,
    channels: colour.length,
    depth: 8,
    data: Uint8Array.from({ length: width * height * colour.length }, (_, i) => colour[i % colour.length]!),
  });
const decodePixels = async (bytes: Uint8Array) => {
  const { data, info } = await sharp(bytes).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return {
    ...info,
    at: (x: number, y: number): number[] => [
      ...data.subarray((y * info.width + x) * 4, (y * info.width + x) * 4 + 4),
    ],
  };
};
async function* shards(...parts: Uint8Array[][]): AsyncGenerator<Uint8Array[]> {
  yield* parts;
}

describe('a sheet', () => {
  it('has every picture whole, in the middle of its tile, with nothing around it', async () => {
    const pictures = Array.from({ length: 18 }, (_, n) => grey(10, (i) => (n * 13 + i) % 256));
    const sheet = await decodePixels(await painter.sheet(pictures, { tilePixels: 16 }, never));
    expect(sheet).toMatchObject({ width: 256, height: 32 });
    for (const [n, x, y] of [
      [0, 0, 0],
      [15, 9, 9],
      [17, 4, 7],
    ] as const) {
      const value = (n * 13 + 10 * y + x) % 256;
      expect(sheet.at((n % 16) * 16 + 3 + x, Math.floor(n / 16) * 16 + 3 + y), `picture ${n}`).toEqual([
        value,
        value,
        value,
        255,
      ]);
    }
    expect([sheet.at(2, 2)[3], sheet.at(13, 13)[3], sheet.at(255, 31)[3]]).toEqual([0, 0, 0]);
  });
  it('brings large pictures of any format to the tile and leaves their proportions', async () => {
    const wide = flat(400, 100, [200, 30, 40]);
    const [jpeg, webp, palette] = await Promise.all([
      sharp(wide).jpeg({ quality: 100 }).toBuffer(),
      sharp(wide).webp({ quality: 100 }).toBuffer(),
      sharp(wide).png({ palette: true }).toBuffer(),
    ]);
    const sheet = await decodePixels(
      await painter.sheet([wide, jpeg, webp, palette], { tilePixels: 64 }, never),
    );
    expect(sheet).toMatchObject({ width: 1024, height: 64 });
    for (let n = 0; n < 4; n++) {
      sheet.at(64 * n + 32, 32).forEach((value, c) => {
        expect(Math.abs(value - [200, 30, 40, 255][c]!)).toBeLessThan(8);
      });
      expect(sheet.at(64 * n + 32, 20)[3]).toBe(0);
      expect(sheet.at(64 * n + 1, 32)[3]).toBe(255);
    }
  });
  it('has a mark where a picture is missing, broken, or none: also a file that only pretends to be one', async () => {
    const good = grey(28, (i) => i % 256);
    const bomb = Buffer.from(good);
    bomb.writeUInt32BE(100_000, 16);
    bomb.writeUInt32BE(100_000, 20);
    const flipped = Buffer.from(good);
    flipped[50]! ^= 0xff;
    const broken = [
      new Uint8Array(0),
      good.subarray(0, 60),
      Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
      bomb,
      flipped,
    ];
    const sheet = await decodePixels(await painter.sheet([good, ...broken, good], { tilePixels: 32 }, never));
    for (let n = 1; n <= broken.length; n++)
      expect(sheet.at(32 * n + 8, 16), `broken ${n}`).toEqual([128, 128, 128, 160]);
    for (const n of [0, 6]) expect(sheet.at(32 * n + 2 + 5, 2)).toEqual([5, 5, 5, 255]);
  });
  it('keeps the transparency of a picture', async () => {
    const sheet = await decodePixels(
      await painter.sheet(
        [flat(16, 16, [10, 20, 30, 0]), flat(16, 16, [10, 20, 30, 128])],
        { tilePixels: 16 },
        never,
      ),
    );
    expect([sheet.at(8, 8)[3], sheet.at(24, 8)]).toEqual([0, [10, 20, 30, 128]]);
  });
  it('has the annotations of each picture that can be read', async () => {
    const annotate = (_: Uint8Array, tile: { data: Uint8Array }) => {
      tile.data.set([255, 0, 0, 255]);
    };
    const sheet = await decodePixels(
      await painter.sheet([flat(16, 16, [10]), Uint8Array.of(1)], { tilePixels: 16, annotate }, never),
    );
    expect(sheet.at(0, 0)).toEqual([255, 0, 0, 255]);
    expect(sheet.at(16, 0)).toEqual([0, 0, 0, 0]);
  });
  it('stops when no caller waits for it any more', async () => {
    const stop = new AbortController();
    const picture = flat(200, 200, [1]);
    const sheet = painter.sheet(
      Array.from({ length: 256 }, () => picture),
      { tilePixels: 64 },
      stop.signal,
    );
    stop.abort(new Error('left'));
    await expect(sheet).rejects.toThrow('left');
  });
});

describe('a mean', () => {
  it('averages the stored values of all readable pictures, and is grey when they are', async () => {
    const png = (await painter.mean(
      shards([grey(4, (i) => i), grey(4, (i) => 3 * i)], [new Uint8Array(0), grey(4, () => 100)]),
      never,
    ))!;
    expect(await sharp(png).metadata()).toMatchObject({ width: 4, height: 4, channels: 1, hasAlpha: false });
    const mean = await decodePixels(png);
    for (let i = 0; i < 16; i++)
      expect(mean.at(i % 4, Math.floor(i / 4))[0]).toBe(Math.round((4 * i + 100) / 3));
  });
  it('of coloured pictures has colour; others are stretched to the size of the first', async () => {
    const mean = await decodePixels(
      (await painter.mean(shards([flat(8, 4, [200, 0, 100]), flat(16, 2, [0, 100, 100])]), never))!,
    );
    expect(mean).toMatchObject({ width: 8, height: 4 });
    expect(mean.at(3, 2)).toEqual([100, 50, 100, 255]);
  });
  it('counts what is transparent by its opacity', async () => {
    const mean = await decodePixels(
      (await painter.mean(shards([flat(2, 2, [200, 0, 0, 255]), flat(2, 2, [0, 200, 0, 0])]), never))!,
    );
    expect(mean.at(0, 0)).toEqual([200, 0, 0, 128]);
  });
  it('of nothing that can be read is nothing', async () => {
    expect(await painter.mean(shards([new Uint8Array(3)]), never)).toBeUndefined();
  });
});
