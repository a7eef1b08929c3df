import { maskBytes } from './bitmask.js';
import { PolygonMask } from './polygon-mask.js';
import { placeAt, type Projection } from './projection.js';

/** Maximum deviation of a simplified outline, in CSS pixels. */
const TOLERANCE_PX = 0.75;
const BLOCK = 32_768;

/**
 * Converts a polygon of a two-dimensional canvas to the data's units, float32 [corners, 2], without redundant
 * corners; `undefined` in three dimensions.
 */
export function computeOutline(p: Projection, polygon: ArrayLike<number>): Float32Array | undefined {
  if (p.dimensions === 3) return undefined;
  const corners = simplified(polygon, TOLERANCE_PX);
  const outline = new Float32Array(corners.length);
  for (let i = 0; i < corners.length; i += 2) {
    const { x, y } = placeAt(p, corners[i]!, corners[i + 1]!);
    [outline[i], outline[i + 1]] = [x, y];
  }
  return outline;
}

/**
 * Points of a map within an outline in the data's units, float32 [corners, 2], by the even–odd rule, one bit
 * a point: the same that a selection with this outline held.
 */
export function pointsWithin(outline: Float32Array, x: Float32Array, y: Float32Array): Uint8Array {
  const mask = new Uint8Array(maskBytes(x.length));
  if (outline.length < 6) return mask;
  const area = new PolygonMask(outline);
  const block = new Float32Array(2 * Math.min(BLOCK, x.length));
  for (let first = 0; first < x.length; first += BLOCK) {
    const n = Math.min(BLOCK, x.length - first);
    for (let i = 0; i < n; i++) {
      block[2 * i] = x[first + i]!;
      block[2 * i + 1] = y[first + i]!;
    }
    area.mark(block, n, mask, first);
  }
  return mask;
}

/** Simplifies the polygon [x0, y0, …] to this tolerance (Douglas and Peucker). */
export function simplified(polygon: ArrayLike<number>, tolerance: number): number[] {
  const n = polygon.length >> 1;
  const kept = new Uint8Array(n).fill(1, 0, 1);
  const open: [number, number][] = [[0, n]];
  // The outline is closed: corner n is corner 0 again.
  const at = (i: number, axis: 0 | 1): number => polygon[2 * (i % n) + axis]!;
  for (let span = open.pop(); span !== undefined; span = open.pop()) {
    const [from, to] = span;
    let farthest = -1;
    let most = tolerance;
    for (let i = from + 1; i < to; i++) {
      const away = distance(at(i, 0), at(i, 1), at(from, 0), at(from, 1), at(to, 0), at(to, 1));
      if (away > most) [farthest, most] = [i, away];
    }
    if (farthest < 0) continue;
    kept[farthest] = 1;
    open.push([from, farthest], [farthest, to]);
  }
  return Array.from({ length: n }, (_, i) => i)
    .filter((i) => kept[i] === 1)
    .flatMap((i) => [at(i, 0), at(i, 1)]);
}

/** How far (x, y) is from the line between two places. */
function distance(x: number, y: number, ax: number, ay: number, bx: number, by: number): number {
  const [dx, dy] = [bx - ax, by - ay];
  const length = dx * dx + dy * dy;
  const along = length === 0 ? 0 : Math.max(0, Math.min(1, ((x - ax) * dx + (y - ay) * dy) / length));
  return Math.hypot(x - ax - along * dx, y - ay - along * dy);
}
