import {
  forEachRun,
  isHatched,
  labelRgb,
  type StoredMask,
  type StoredRegion,
} from '@noema/integration/visuals';

/** Longer side of the drawing of a mask in pixels. */
const SIDE = 1024;
/** Width of a stripe of a predicted region, and of an outline, in pixels of the drawing. */
const STRIPE = 6;
const OUTLINE = 2;
/**
 * Opacity inside a region and of the stripes of a predicted one, 0 to 255; the outline is opaque. Stripes are
 * seen on ground truth of the same color.
 */
const INSIDE = 150;
const STRIPED = 235;

/** Returns the size of the drawing of a mask: that of its picture, scaled to a longer side of 1024. */
export function drawingSize({ width, height }: Pick<StoredMask, 'width' | 'height'>): {
  readonly width: number;
  readonly height: number;
} {
  const scale = SIDE / Math.max(width, height);
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * Draws regions `[height, width, 4]` RGBA: filled where they are ground truth, striped where they were
 * predicted, each with an outline, so that objects of one class are seen apart.
 */
export function maskPixels(
  mask: Pick<StoredMask, 'width' | 'height' | 'regions'>,
  {
    size = drawingSize(mask),
    isOutlined = false,
  }: {
    readonly size?: { readonly width: number; readonly height: number };
    /** Draws outlines alone. */
    readonly isOutlined?: boolean;
  } = {},
): Uint8ClampedArray<ArrayBuffer> {
  const pixels = new Uint8ClampedArray(4 * size.width * size.height);
  for (const predicted of [false, true]) {
    const regions = mask.regions.filter((region) => (region.predicted ?? false) === predicted);
    if (regions.length > 0) drawLayer(pixels, { mask, regions, size, predicted, isOutlined });
  }
  return pixels;
}

interface Layer {
  readonly mask: Pick<StoredMask, 'width' | 'height'>;
  readonly regions: readonly StoredRegion[];
  readonly size: { readonly width: number; readonly height: number };
  readonly predicted: boolean;
  readonly isOutlined: boolean;
}

function drawLayer(pixels: Uint8ClampedArray, { mask, regions, size, predicted, isOutlined }: Layer): void {
  const regionAt = new Uint16Array(mask.width * mask.height);
  regions.forEach(({ runs }, index) => {
    forEachRun(runs, (from, to) => regionAt.fill(index + 1, from, to));
  });
  const colors = regions.map(({ label }) => labelRgb(label));
  const columns = findSources(size.width, mask.width);
  const rows = findSources(size.height, mask.height);
  const at = (x: number, y: number): number => {
    const [column, row] = [columns[x], rows[y]];
    return column === undefined || row === undefined ? 0 : regionAt[row * mask.width + column]!;
  };
  for (let y = 0; y < size.height; y++)
    for (let x = 0; x < size.width; x++) {
      const region = at(x, y);
      if (region === 0) continue;
      const isEdge =
        at(x - OUTLINE, y) !== region ||
        at(x + OUTLINE, y) !== region ||
        at(x, y - OUTLINE) !== region ||
        at(x, y + OUTLINE) !== region;
      if (!isEdge && (isOutlined || (predicted && !isHatched(x, y, STRIPE)))) continue;
      pixels.set(
        [...colors[region - 1]!, isEdge ? 255 : predicted ? STRIPED : INSIDE],
        4 * (y * size.width + x),
      );
    }
}

/** Returns the pixel of the picture under the middle of each pixel of the drawing. */
const findSources = (drawn: number, pictured: number): number[] =>
  Array.from({ length: drawn }, (_, at) => Math.floor(((at + 0.5) * pictured) / drawn));
