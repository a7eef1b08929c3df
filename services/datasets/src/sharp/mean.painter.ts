import { setImmediate as nextTurn } from 'node:timers/promises';
import { loadSharp } from './load-sharp.js';
import { decodePicture, type Pixels } from './picture.decoder.js';

/** Longest side of a mean; larger pictures are made to fit first. */
const MAX_SIDE = 512;
/** Pictures between two turns of the event loop. */
const BATCH = 8;

/**
 * The mean of the pictures, channel by channel over their stored values (no gamma), weighted by their
 * opacity; as PNG, grey when it has no colour. A picture of another size is stretched to that of the first.
 * `undefined` when none can be read.
 */
export async function paintMean(
  pictures: AsyncIterable<readonly Uint8Array[]>,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  let sum: PictureSum | undefined;
  for await (const shard of pictures) {
    for (let from = 0; from < shard.length; from += BATCH) {
      await nextTurn();
      signal.throwIfAborted();
      for (const pixels of await Promise.all(
        shard.slice(from, from + BATCH).map((bytes) => decodePicture(bytes, MAX_SIDE)),
      )) {
        if (pixels === undefined) continue;
        sum ??= new PictureSum(pixels.width, pixels.height);
        sum.add(await stretched(pixels, sum));
      }
    }
  }
  return sum?.toPng();
}

async function stretched(
  pixels: Pixels,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Uint8Array> {
  if (pixels.width === width && pixels.height === height) return pixels.data;
  const sharp = await loadSharp();
  return sharp(pixels.data, { raw: { width: pixels.width, height: pixels.height, channels: 4 } })
    .resize(width, height, { fit: 'fill' })
    .raw()
    .toBuffer();
}

/** Sums of RGBA pictures of one size; the colours are weighted by the opacity. */
class PictureSum {
  private readonly sums: Float64Array;
  private count = 0;

  constructor(
    readonly width: number,
    readonly height: number,
  ) {
    this.sums = new Float64Array(width * height * 4);
  }

  add(rgba: Uint8Array): void {
    const { sums } = this;
    this.count++;
    for (let i = 0; i < rgba.length; i += 4) {
      const alpha = rgba[i + 3]!;
      sums[i]! += rgba[i]! * alpha;
      sums[i + 1]! += rgba[i + 1]! * alpha;
      sums[i + 2]! += rgba[i + 2]! * alpha;
      sums[i + 3]! += alpha;
    }
  }

  async toPng(): Promise<Uint8Array> {
    const mean = new Uint8Array(this.sums.length);
    let [grey, opaque] = [true, true];
    for (let i = 0; i < mean.length; i += 4) {
      const alpha = this.sums[i + 3]!;
      for (let c = 0; c < 3; c++) mean[i + c] = alpha === 0 ? 0 : Math.round(this.sums[i + c]! / alpha);
      mean[i + 3] = Math.round(alpha / this.count);
      grey &&= mean[i] === mean[i + 1] && mean[i] === mean[i + 2];
      opaque &&= mean[i + 3] === 255;
    }
    const sharp = await loadSharp();
    const picture = sharp(mean, { raw: { width: this.width, height: this.height, channels: 4 } });
    if (opaque) picture.removeAlpha();
    return (grey ? picture.toColourspace('b-w') : picture).png().toBuffer();
  }
}
