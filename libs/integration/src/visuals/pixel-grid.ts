/** Pixels of a thumbnail, `[height, width, 4]` RGBA, 0 to 255. */
export interface PixelGrid {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

type Rgb = readonly [red: number, green: number, blue: number];
type Point = readonly [x: number, y: number];

/** Pixels of a dash, and of the gap after it. */
const DASH = 3;

/** Mixes a color into a pixel; `share` is the part of the color, 0 to 1. */
export function mixPixel(
  { width, data }: PixelGrid,
  x: number,
  y: number,
  [rgb, share]: readonly [Rgb, number],
): void {
  const at = 4 * (y * width + x);
  for (let channel = 0; channel < 3; channel++)
    data[at + channel] = Math.round((1 - share) * data[at + channel]! + share * rgb[channel]!);
  data[at + 3] = Math.max(data[at + 3]!, Math.round(255 * share));
}

/** Draws a line of one pixel; parts outside the grid are left out. */
export function drawLine(
  grid: PixelGrid,
  { from, to }: { readonly from: Point; readonly to: Point },
  rgb: Rgb,
  isDashed: boolean,
): void {
  const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
  // a box may reach far beyond its picture
  const steps = Math.min(4 * (grid.width + grid.height), Math.ceil(Math.max(Math.abs(dx), Math.abs(dy))));
  for (let step = 0; step <= steps; step++) {
    if (isDashed && step % (2 * DASH) >= DASH) continue;
    const share = steps === 0 ? 0 : step / steps;
    const x = pixelAt(from[0] + share * dx, grid.width);
    const y = pixelAt(from[1] + share * dy, grid.height);
    if (x >= 0 && y >= 0 && x < grid.width && y < grid.height) mixPixel(grid, x, y, [rgb, 1]);
  }
}

/** Returns the pixel of a coordinate; the far edge of the grid belongs to its last pixel. */
const pixelAt = (coordinate: number, size: number): number =>
  coordinate === size ? size - 1 : Math.floor(coordinate);
