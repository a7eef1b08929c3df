import { decodePicture } from '../encoders/picture.pixels.js';
import { dataFault } from '../data-fault.js';
import type { FileTree } from '../files/file-tree.js';
import type { ClassMask, PictureObjects } from './annotated.js';
import { fillRuns } from './coco-runs.js';

/** A class of each pixel that is not known. */
export const UNKNOWN_CLASS = 255;

/**
 * Class of each pixel, `[height, width]` bytes, row-major: 0 for none, otherwise the place of the label from
 * 1; 255 where it is not known. A pixel of several objects has the class of the last one. Throws `invalid`
 * MASK_INVALID for a mask with colors outside Pascal VOC's, or for a number without a label.
 */
export async function rasterize(
  { objects, mask, numbers }: PictureObjects,
  labels: readonly string[],
  [height, width]: readonly [number, number],
  tree: FileTree,
): Promise<Uint8Array> {
  if (numbers !== undefined) return readNumbers(numbers, labels.length, [height, width], tree);
  if (mask !== undefined) return readMask(mask, labels.length, [height, width], tree);
  const classes = new Uint8Array(height * width);
  for (const { label, polygons = [], runs } of objects) {
    const index = labels.indexOf(label) + 1;
    if (runs !== undefined)
      fillRuns(runs, [height, width], (pixel) => {
        classes[pixel] = index;
      });
    fill(polygons, [height, width], (from, to) => classes.fill(index, from, to));
  }
  return classes;
}

/** Calls back with each run of pixels whose centers are inside of the outlines, by the even-odd rule. */
function fill(
  polygons: readonly (readonly number[])[],
  [height, width]: readonly [number, number],
  run: (from: number, to: number) => void,
): void {
  for (let row = 0; row < height; row++) {
    const y = (row + 0.5) / height;
    for (const outline of polygons) {
      const crossings: number[] = [];
      for (let i = 0; i < outline.length; i += 2) {
        const x1 = outline[i]!;
        const y1 = outline[i + 1]!;
        const x2 = outline[(i + 2) % outline.length]!;
        const y2 = outline[(i + 3) % outline.length]!;
        if (y1 <= y !== y2 <= y) crossings.push(x1 + ((y - y1) / (y2 - y1)) * (x2 - x1));
      }
      crossings.sort((a, b) => a - b);
      for (let i = 0; i + 1 < crossings.length; i += 2) {
        const from = Math.max(0, Math.ceil(crossings[i]! * width - 0.5));
        const to = Math.min(width, Math.ceil(crossings[i + 1]! * width - 0.5));
        if (to > from) run(row * width + from, row * width + to);
      }
    }
  }
}

async function readMask(
  path: string,
  classes: number,
  [height, width]: readonly [number, number],
  tree: FileTree,
): Promise<Uint8Array> {
  const { data } = await decodePicture({ path }, tree, 3, (picture) =>
    picture.resize(width, height, { fit: 'fill', kernel: 'nearest' }),
  );
  const known = colorMap();
  const indexes = new Uint8Array(height * width);
  for (let i = 0; i < indexes.length; i++) {
    const color = (data[3 * i]! << 16) | (data[3 * i + 1]! << 8) | data[3 * i + 2]!;
    const index = known.get(color);
    if (index === undefined || (index > classes && index !== UNKNOWN_CLASS))
      throw dataFault(
        'MASK_INVALID',
        path,
        `has the color #${color.toString(16).padStart(6, '0')}, which stands for none of the ${classes} classes`,
      );
    indexes[i] = index;
  }
  return indexes;
}

async function readNumbers(
  { media, isBinary }: ClassMask,
  classes: number,
  [height, width]: readonly [number, number],
  tree: FileTree,
): Promise<Uint8Array> {
  const { data } = await decodePicture(media, tree, 3, (picture) =>
    picture.resize(width, height, { fit: 'fill', kernel: 'nearest' }),
  );
  return Uint8Array.from({ length: height * width }, (_, i) => {
    const value = data[3 * i]!;
    if (isBinary && value === UNKNOWN_CLASS) return 1;
    if (value > classes && value !== UNKNOWN_CLASS)
      throw dataFault(
        'MASK_INVALID',
        media.path === '' ? 'the mask of the record' : media.path,
        `has the gray value ${value}, which stands for none of the ${classes} classes`,
      );
    return value;
  });
}

let colors: Map<number, number> | undefined;

/** Class by the color of Pascal VOC: the bits of the class by turns in red, green and blue, the highest first. */
function colorMap(): Map<number, number> {
  return (colors ??= new Map(
    Array.from({ length: 256 }, (_, index) => {
      const rgb = [0, 0, 0];
      for (let bit = 0, rest = index; bit < 8; bit++, rest >>= 3)
        for (let channel = 0; channel < 3; channel++) rgb[channel]! |= ((rest >> channel) & 1) << (7 - bit);
      return [(rgb[0]! << 16) | (rgb[1]! << 8) | rgb[2]!, index];
    }),
  ));
}
