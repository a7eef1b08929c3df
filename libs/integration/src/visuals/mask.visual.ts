import type { TensorLike } from '../tensor.js';
import { annotatePicture, pictureSize, type PictureSize } from './annotated-picture.js';
import { isLabelIndex, isLabels, labelRgb, requireLabels } from './class-labels.js';
import { mixPixel, type PixelGrid } from './pixel-grid.js';
import { exactly, type VisualEncoders, type VisualKind, visualInvalid } from './visual-kind.js';

/** How the numbers of a mask are understood. */
export interface MaskOptions {
  /** Class names; a number of a mask is the index of one. */
  readonly labels: readonly string[];
  /** Numbers that are not drawn, such as 255 for "no label". Default: 0. */
  readonly background?: number | readonly number[];
  /** Which object a pixel is of, `[height, width]` whole numbers; pixels of one class may be of several. */
  readonly instances?: TensorLike;
  /** A mask that a model predicted, `[height, width]`. */
  readonly predicted?: TensorLike;
  /** As `instances`, for the predicted mask. */
  readonly predictedInstances?: TensorLike;
}

export interface MaskVisual extends MaskOptions {
  readonly kind: 'mask';
  readonly pixels: TensorLike;
  readonly mask: TensorLike;
}

/** A stored class or object of a mask. */
export interface StoredRegion {
  /** Index of the labels. */
  readonly label: number;
  readonly instance?: number;
  /** True for a region that a model predicted. */
  readonly predicted?: boolean;
  /** In row-major order: pixels to skip, pixels inside, pixels to skip, pixels inside, … */
  readonly runs: readonly number[];
}

/** Stored masks of a picture. */
export interface StoredMask extends PictureSize {
  readonly kind: 'mask';
  readonly labels: readonly string[];
  readonly regions: readonly StoredRegion[];
}

/**
 * A picture as for `image`, with a mask: `[height, width]` class indexes, one for each pixel of the picture.
 * `instances` distinguishes objects of one class; a predicted mask lies next to the ground truth.
 */
export const imageWithMask = (pixels: TensorLike, mask: TensorLike, options: MaskOptions): MaskVisual => ({
  kind: 'mask',
  pixels,
  mask,
  ...options,
});

/** Classes and objects of a picture, at most. */
const MAX_REGIONS = 2_000;
/** Share of the class color in a thumbnail. */
const THUMBNAIL_OPACITY = 0.55;

/** A picture with masks, stored as PNG with annotations. */
export const maskKind: VisualKind<MaskVisual, StoredMask> = {
  key: 'mask',
  mediaType: 'image/vnd.noema.mask+png',
  encode({ pixels, mask, labels, background = 0, instances, predicted, predictedInstances }, encoders) {
    const png = encoders.encodePicture(pixels);
    const size = pictureSize(png);
    const names = requireLabels(labels);
    const context = { encoders, size, names, background: [background].flat() };
    const regions = [
      ...findRegions({ mask, instances, predicted: false }, context),
      ...(predicted === undefined
        ? []
        : findRegions({ mask: predicted, instances: predictedInstances, predicted: true }, context)),
    ];
    if (regions.length > MAX_REGIONS)
      throw visualInvalid(
        `the masks have ${regions.length} classes and objects; at most ${MAX_REGIONS} are kept`,
      );
    return annotatePicture(png, { ...size, labels: names, regions });
  },
  hasForm(value, picture) {
    const parts = exactly(value, 'width', 'height', 'labels', 'regions');
    if (parts === undefined || !isLabels(parts.labels) || !Array.isArray(parts.regions)) return false;
    const { labels, regions } = parts;
    return (
      picture !== undefined &&
      parts.width === picture.width &&
      parts.height === picture.height &&
      regions.length <= MAX_REGIONS &&
      regions.every((region) => isRegion(region, picture) && isLabelIndex(labels, region.label))
    );
  },
  read: (stored) => ({ kind: 'mask', ...(JSON.parse(stored) as Omit<StoredMask, 'kind'>) }),
  snippet: ({ labels, regions }) => [...new Set(regions.map(({ label }) => labels[label]))].join('\n'),
  paint: (visual, grid) => {
    for (const region of visual.regions) paintRegion(region, visual, grid);
  },
};

/** Whether a pixel is on a diagonal stripe; predicted masks are striped. `stripe` is its width in pixels. */
export const isHatched = (x: number, y: number, stripe: number): boolean => (x + y) % (2 * stripe) < stripe;

/** Calls back with the pixels `from` to `to` − 1 of each run that is inside, in row-major order. */
export function forEachRun(runs: readonly number[], visit: (from: number, to: number) => void): void {
  let at = 0;
  runs.forEach((length, index) => {
    if (index % 2 === 1) visit(at, at + length);
    at += length;
  });
}

/** Draws a region on a thumbnail that has at most as many rows and columns as the picture. */
function paintRegion({ label, predicted, runs }: StoredRegion, picture: PictureSize, grid: PixelGrid): void {
  const rgb = labelRgb(label);
  const sources = Array.from({ length: grid.width * grid.height }, (_, pixel) =>
    findSource(pixel, picture, grid),
  );
  let pixel = 0;
  forEachRun(runs, (from, to) => {
    while (pixel < sources.length && sources[pixel]! < from) pixel++;
    for (; pixel < sources.length && sources[pixel]! < to; pixel++) {
      const x = pixel % grid.width;
      const y = Math.floor(pixel / grid.width);
      if (predicted !== true || isHatched(x, y, 2)) mixPixel(grid, x, y, [rgb, THUMBNAIL_OPACITY]);
    }
  });
}

/** Returns the pixel of the picture under the middle of a pixel of the thumbnail. */
function findSource(pixel: number, picture: PictureSize, grid: PictureSize): number {
  const x = Math.floor((((pixel % grid.width) + 0.5) * picture.width) / grid.width);
  const y = Math.floor(((Math.floor(pixel / grid.width) + 0.5) * picture.height) / grid.height);
  return y * picture.width + x;
}

interface MaskContext {
  readonly encoders: VisualEncoders;
  readonly size: PictureSize;
  readonly names: readonly string[];
  readonly background: readonly number[];
}

/** Returns the classes and objects of a mask in the order of their first pixel. */
function findRegions(
  {
    mask,
    instances,
    predicted,
  }: { readonly mask: TensorLike; readonly instances: TensorLike | undefined; readonly predicted: boolean },
  { encoders, size, names, background }: MaskContext,
): StoredRegion[] {
  const what = predicted ? 'predicted mask' : 'mask';
  const classes = readMap(encoders, mask, size, what);
  const objects =
    instances === undefined ? undefined : readMap(encoders, instances, size, `instances of the ${what}`);
  const regions = new Map<string, { label: number; instance?: number; runs: number[]; end: number }>();
  const skipped = new Set(background);
  for (let from = 0; from < classes.length; ) {
    const label = classes[from]!;
    const instance = objects?.[from];
    let to = from + 1;
    while (to < classes.length && classes[to] === label && objects?.[to] === instance) to++;
    if (!skipped.has(label)) {
      if (!isLabelIndex(names, label))
        throw visualInvalid(
          `the ${what} has the number ${label}, but there are ${names.length} labels; name it in ` +
            '"background" when it is not to be drawn',
        );
      const key = `${label} ${instance}`;
      const region = regions.get(key) ?? {
        label,
        ...(instance === undefined ? {} : { instance }),
        runs: [],
        end: 0,
      };
      region.runs.push(from - region.end, to - from);
      region.end = to;
      regions.set(key, region);
    }
    from = to;
  }
  return [...regions.values()].map(({ end: _, ...region }) => ({
    ...region,
    ...(predicted ? { predicted } : {}),
  }));
}

function readMap(
  encoders: VisualEncoders,
  value: TensorLike,
  { width, height }: PictureSize,
  what: string,
): Float32Array {
  const { data, dims } = encoders.toTensor(value);
  const shape = dims.length === 3 && dims[2] === 1 ? dims.slice(0, 2) : dims;
  if (shape.length !== 2 || shape[0] !== height || shape[1] !== width)
    throw visualInvalid(
      `the ${what} has the shape [${dims.join(', ')}], but the picture has [${height}, ${width}]; give one ` +
        'whole number for each pixel',
    );
  const odd = data.find((number) => !Number.isInteger(number));
  if (odd !== undefined) throw visualInvalid(`the ${what} has the number ${odd}; give whole numbers`);
  return data;
}

function isRegion(region: unknown, { width, height }: PictureSize): region is StoredRegion {
  if (typeof region !== 'object' || region === null) return false;
  const { label: _, runs, instance, predicted, ...others } = region as Partial<StoredRegion>;
  return (
    Object.keys(others).length === 0 &&
    (instance === undefined || Number.isInteger(instance)) &&
    (predicted === undefined || typeof predicted === 'boolean') &&
    Array.isArray(runs) &&
    runs.every((run) => Number.isInteger(run) && run >= 0) &&
    runs.reduce((sum: number, run: number) => sum + run, 0) <= width * height
  );
}
