import { type Boxes, checkBoxes, checkLength } from './boxes.js';
import { boxCorners, sharedArea } from './polygons.js';

/** Returns the area that box i of `a` and box j of `b` share. */
function intersection(a: Boxes, i: number, b: Boxes, j: number): number {
  const gap = (edge: 'x' | 'y', size: 'width' | 'height'): number =>
    Math.min(a[size][i]! + a[edge][i]!, b[size][j]! + b[edge][j]!) - Math.max(a[edge][i]!, b[edge][j]!);
  if ((a.angle?.[i] ?? 0) === 0 && (b.angle?.[j] ?? 0) === 0) {
    const [width, height] = [gap('x', 'width'), gap('y', 'height')];
    return width <= 0 || height <= 0 ? 0 : width * height;
  }
  if (centersApart(a, i, b, j)) return 0;
  return sharedArea(boxCorners(a, i), boxCorners(b, j));
}

/** True if the circles around two boxes do not meet, which saves most of the clipping. */
function centersApart(a: Boxes, i: number, b: Boxes, j: number): boolean {
  const dx = a.x[i]! + a.width[i]! / 2 - b.x[j]! - b.width[j]! / 2;
  const dy = a.y[i]! + a.height[i]! / 2 - b.y[j]! - b.height[j]! / 2;
  const reach = (Math.hypot(a.width[i]!, a.height[i]!) + Math.hypot(b.width[j]!, b.height[j]!)) / 2;
  return Math.hypot(dx, dy) > reach;
}

/**
 * Returns intersection over union of box i of `a` and box j of `b`, from 0 to 1; 0 where a box has no area.
 * Rotated boxes are clipped as polygons. With `crowd` it is intersection over the area of `a`, the measure of
 * COCO for a region of many objects. The boxes are not checked.
 */
export function boxOverlap(a: Boxes, i: number, b: Boxes, j: number, crowd = false): number {
  const shared = intersection(a, i, b, j);
  if (shared <= 0) return 0;
  const own = a.width[i]! * a.height[i]!;
  return Math.min(1, shared / (crowd ? own : own + b.width[j]! * b.height[j]! - shared));
}

/**
 * Returns intersection over union of each box of `a` with each box of `b`, [a, b] float64, row-major. For
 * columns where `crowd` [b] is 1, the intersection is divided by the area of the box of `a`. Throws `invalid`
 * BOXES_INVALID.
 */
export function boxOverlaps(a: Boxes, b: Boxes, crowd?: Uint8Array): Float64Array {
  checkBoxes(a, 'first boxes');
  checkBoxes(b, 'second boxes');
  const [rows, columns] = [a.x.length, b.x.length];
  if (crowd) checkLength('crowd', crowd, columns);
  const overlaps = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++)
    for (let j = 0; j < columns; j++) overlaps[i * columns + j] = boxOverlap(a, i, b, j, crowd?.[j] === 1);
  return overlaps;
}
