import type { Boxes } from './boxes.js';

/** Corners of a convex polygon: x and y by turns, clockwise on a picture (y downward). */
export type Polygon = readonly number[];

/** Returns the four corners of a box, rotated about its center. */
export function boxCorners({ x, y, width, height, angle }: Boxes, i: number): Polygon {
  const radians = ((angle?.[i] ?? 0) * Math.PI) / 180;
  const [sin, cos] = [Math.sin(radians), Math.cos(radians)];
  const [right, down] = [width[i]! / 2, height[i]! / 2];
  const [centerX, centerY] = [x[i]! + right, y[i]! + down];
  const corner = (dx: number, dy: number): [number, number] => [
    centerX + dx * cos - dy * sin,
    centerY + dx * sin + dy * cos,
  ];
  return [...corner(-right, -down), ...corner(right, -down), ...corner(right, down), ...corner(-right, down)];
}

/**
 * Returns the area that two convex polygons share: the first is clipped at each edge of the second (Sutherland
 * & Hodgman 1974), and the area of the rest is its shoelace sum.
 */
export function sharedArea(subject: Polygon, clip: Polygon): number {
  let rest = subject;
  for (let i = 0; i < clip.length && rest.length > 0; i += 2) {
    const next = (i + 2) % clip.length;
    rest = clipAtEdge(rest, [clip[i]!, clip[i + 1]!, clip[next]!, clip[next + 1]!]);
  }
  return polygonArea(rest);
}

/** Returns the part of a polygon to the right of the line from the first point to the second. */
function clipAtEdge(polygon: Polygon, [ax, ay, bx, by]: [number, number, number, number]): Polygon {
  const side = (x: number, y: number): number => (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  const rest: number[] = [];
  for (let i = 0; i < polygon.length; i += 2) {
    const px = polygon[i]!;
    const py = polygon[i + 1]!;
    const next = (i + 2) % polygon.length;
    const qx = polygon[next]!;
    const qy = polygon[next + 1]!;
    const p = side(px, py);
    const q = side(qx, qy);
    if (p >= 0) rest.push(px, py);
    if (p >= 0 === q >= 0) continue;
    const share = p / (p - q);
    rest.push(px + share * (qx - px), py + share * (qy - py));
  }
  return rest;
}

function polygonArea(polygon: Polygon): number {
  let twice = 0;
  // Relative to the first corner, so that boxes far from the origin lose no digits.
  for (let i = 2; i + 3 < polygon.length; i += 2)
    twice +=
      (polygon[i]! - polygon[0]!) * (polygon[i + 3]! - polygon[1]!) -
      (polygon[i + 2]! - polygon[0]!) * (polygon[i + 1]! - polygon[1]!);
  return Math.max(0, twice / 2);
}
