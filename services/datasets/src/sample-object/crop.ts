import { encodePng } from '@noema/integration';
import type { TensorSpec } from '../dataset-version/dataset-version.js';

/** How the numbers of a picture are arranged. */
export interface PictureForm {
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** True for `[channels, height, width]`. */
  readonly channelsFirst: boolean;
}

/** A part of a picture in pixels; the edges need not lie between pixels. */
export interface Region {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Added to each side of a box, as a share of its size. */
const MARGIN = 0.1;

/** The form of a picture by its shape; undefined for a shape that is not one of a picture. */
export function findPictureForm({ dims }: Pick<TensorSpec, 'dims'>): PictureForm | undefined {
  if (dims.length !== 3) return undefined;
  const [a, b, c] = dims as [number, number, number];
  if (c === 1 || c === 3 || c === 4) return { height: a, width: b, channels: c, channelsFirst: false };
  return a === 1 || a === 3 || a === 4
    ? { height: b, width: c, channels: a, channelsFirst: true }
    : undefined;
}

/** The part of a picture around a box of shares, with a margin, within the picture and at least one pixel wide. */
export function findRegion(
  box: Readonly<Record<'x' | 'y' | 'width' | 'height', number>>,
  form: PictureForm,
): Region {
  const [x, width] = clip(box.x, box.width, form.width);
  const [y, height] = clip(box.y, box.height, form.height);
  return { x, y, width, height };
}

function clip(start: number, size: number, pixels: number): readonly [from: number, size: number] {
  const from = Math.max(0, (start - MARGIN * size) * pixels);
  const to = Math.min(pixels, (start + (1 + MARGIN) * size) * pixels);
  if (to - from >= 1) return [from, to - from];
  return [Math.min(Math.max(0, (from + to - 1) / 2), pixels - 1), 1];
}

/** How a region of a picture is resized. */
export interface Resizing {
  readonly form: PictureForm;
  readonly region: Region;
  /** For a picture whose numbers are bytes / divisor. */
  readonly divisor?: number | undefined;
  /** Where the numbers are written. */
  readonly into: Float32Array;
}

/**
 * Resizes a region of a picture to the size of the whole picture by bilinear interpolation, with pixel centers at
 * half numbers; beyond the outer centers of the picture its outer pixels repeat. Writes as many numbers as the
 * picture has, in the form of the picture. Of a picture of bytes the numbers are rounded to bytes, which need a
 * quarter of the storage.
 */
export function resizeRegion(picture: Float32Array, { form, region, divisor, into }: Resizing): void {
  const { width, height, channels, channelsFirst } = form;
  const columns = samplePoints(region.x, region.width, width);
  const lines = samplePoints(region.y, region.height, height);
  const [column, line, channel] = channelsFirst
    ? [1, width, width * height]
    : [channels, width * channels, 1];
  for (let y = 0; y < height; y++) {
    const { before: top, after: bottom, share: down } = lines[y]!;
    for (let x = 0; x < width; x++) {
      const { before: left, after: right, share: along } = columns[x]!;
      for (let c = 0; c < channels; c++) {
        const at = c * channel;
        const upper = mix(
          picture[top * line + left * column + at]!,
          picture[top * line + right * column + at]!,
          along,
        );
        const lower = mix(
          picture[bottom * line + left * column + at]!,
          picture[bottom * line + right * column + at]!,
          along,
        );
        const value = mix(upper, lower, down);
        into[y * line + x * column + at] =
          divisor === undefined ? value : Math.round(value * divisor) / divisor;
      }
    }
  }
}

const mix = (a: number, b: number, share: number): number => a + (b - a) * share;

/** Between which pixels of a line each new pixel lies, and where. */
function samplePoints(from: number, size: number, pixels: number) {
  return Array.from({ length: pixels }, (_, i) => {
    const at = Math.min(Math.max(from + ((i + 0.5) * size) / pixels - 0.5, 0), pixels - 1);
    const before = Math.floor(at);
    return { before, after: Math.min(before + 1, pixels - 1), share: at - before };
  });
}

/**
 * Draws the pixels that a region touches as PNG, in their own size. Numbers of a picture from 0 to 1 or from 0 to 255
 * are colors; other numbers are scaled so that the lowest one of the picture is black and the highest one white.
 */
export function drawRegion(picture: Float32Array, form: PictureForm, region: Region): Uint8Array {
  const { channels, channelsFirst } = form;
  const [left, top] = [Math.floor(region.x), Math.floor(region.y)];
  const width = Math.min(form.width, Math.ceil(region.x + region.width)) - left;
  const height = Math.min(form.height, Math.ceil(region.y + region.height)) - top;
  const [low, high] = findRange(picture);
  const data = new Uint8Array(width * height * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < channels; c++) {
        const pixel = (top + y) * form.width + left + x;
        const at = channelsFirst ? c * form.width * form.height + pixel : pixel * channels + c;
        data[(y * width + x) * channels + c] = Math.round((255 * (picture[at]! - low)) / (high - low));
      }
  return encodePng({ width, height, channels, data });
}

/** The numbers that are black and white. */
function findRange(picture: Float32Array): readonly [low: number, high: number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of picture) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low >= 0 && high <= 1) return [0, 1];
  if (low >= 0 && high <= 255) return [0, 255];
  return [low, high > low ? high : low + 1];
}
