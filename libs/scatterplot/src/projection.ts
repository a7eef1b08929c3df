import type { Frame } from './frame.js';
import type { Camera, Padding, Point3 } from './scatterplot.js';

/** Size of the canvas in CSS pixels, and the edges of it that a view of everything leaves free. */
export interface ViewSize {
  readonly width: number;
  readonly height: number;
  readonly padding?: Padding;
}

/** The part of the canvas between the paddings, which give way where they would take more than half of it. */
export interface FreeArea {
  readonly width: number;
  readonly height: number;
  /** Its middle in CSS pixels of the canvas. */
  readonly middle: { readonly x: number; readonly y: number };
}

/** The area that a view of everything fills. */
export function freeArea({ width, height, padding }: ViewSize): FreeArea {
  const [x, y] = [
    freeSpan(width, padding?.left, padding?.right),
    freeSpan(height, padding?.top, padding?.bottom),
  ];
  return { width: x.length, height: y.length, middle: { x: x.middle, y: y.middle } };
}

function freeSpan(
  whole: number,
  before = 0,
  after = 0,
): { readonly length: number; readonly middle: number } {
  const share = Math.min(1, whole / 2 / Math.max(1, before + after));
  const length = whole - share * (before + after);
  return { length, middle: share * before + length / 2 };
}

/**
 * How places of the data become places of the canvas: q = R(p − c), then (m.x + s·q.x/d, m.y − s·q.y/d) with
 * d = 1 − k·q.z and the middle m of the free area. In two dimensions R is the identity and k = 0.
 */
export interface Projection extends ViewSize, Pick<FreeArea, 'middle'> {
  readonly dimensions: 2 | 3;
  readonly center: Point3;
  /** R, row-major. */
  readonly rotation: readonly [number, number, number, number, number, number, number, number, number];
  /** s: pixels for one unit of the data in the plane of the centre. */
  readonly scale: number;
  /** k: 1 / distance of the eye, in the data's units. */
  readonly perspective: number;
  /** Half the visible depth, in the data's units. */
  readonly depth: number;
}

/** Points nearer to the camera than this share of its distance are not drawn. */
export const NEAREST = 0.05;
const MARGIN = 0.92;
const EYE = 2;

/** Pixels for a unit of the data at zoom 1. */
export function fitScale(frame: Frame, size: ViewSize, dimensions: 2 | 3): number {
  const { x, y, z } = frame.half;
  const { width, height } = freeArea(size);
  const scale =
    dimensions === 2
      ? Math.min(width / (2 * x), height / (2 * y))
      : Math.min(width, height) / (2 * 0.8 * Math.hypot(x, y, z));
  return Number.isFinite(scale) && scale > 0 ? MARGIN * scale : 1;
}

/** The projection of a camera. */
export function toProjection(camera: Camera, frame: Frame, size: ViewSize, dimensions: 2 | 3): Projection {
  const scale = camera.zoom * fitScale(frame, size, dimensions);
  const area = freeArea(size);
  const base = { ...size, middle: area.middle, dimensions, center: camera.center, scale, depth: 1 };
  if (dimensions === 2) return { ...base, rotation: [1, 0, 0, 0, 1, 0, 0, 0, 1], perspective: 0 };
  const [sa, ca, se, ce] = [
    Math.sin(camera.azimuth),
    Math.cos(camera.azimuth),
    Math.sin(camera.elevation),
    Math.cos(camera.elevation),
  ];
  return {
    ...base,
    rotation: [ca, 0, -sa, -se * sa, ce, -se * ca, ce * sa, se, ce * ca],
    perspective: scale / (EYE * Math.max(1, Math.min(area.width, area.height))),
    depth: Math.max(Number.MIN_VALUE, Math.hypot(frame.half.x, frame.half.y, frame.half.z)),
  };
}

/** Returns the position on the canvas in CSS pixels; NaN behind the camera. */
export function projectPlace(p: Projection, place: Point3): { x: number; y: number } {
  const [x, y, z] = [
    place.x - p.center.x,
    place.y - p.center.y,
    p.dimensions === 2 ? 0 : place.z - p.center.z,
  ];
  const r = p.rotation;
  const d = 1 - p.perspective * (r[6] * x + r[7] * y + r[8] * z);
  if (d < NEAREST) return { x: NaN, y: NaN };
  return {
    x: p.middle.x + (p.scale * (r[0] * x + r[1] * y + r[2] * z)) / d,
    y: p.middle.y - (p.scale * (r[3] * x + r[4] * y + r[5] * z)) / d,
  };
}

/** Returns the point in the plane of the centre at a position of the canvas. */
export function placeAt(p: Projection, x: number, y: number): Point3 {
  const [right, up] = [(x - p.middle.x) / p.scale, (p.middle.y - y) / p.scale];
  const r = p.rotation;
  return {
    x: p.center.x + r[0] * right + r[3] * up,
    y: p.center.y + r[1] * right + r[4] * up,
    z: p.center.z + r[2] * right + r[5] * up,
  };
}

/**
 * Projects points `from` to `to` of positions `[n, dimensions]` into `out` `[n, 2]`; NaN for points behind
 * the camera.
 */
export function projectPoints(
  p: Projection,
  positions: Float32Array,
  from: number,
  to: number,
  out: Float32Array,
): void {
  const { scale, perspective: k } = p;
  const [cx, cy, cz, mx, my] = [p.center.x, p.center.y, p.center.z, p.middle.x, p.middle.y];
  if (p.dimensions === 2) {
    for (let i = 2 * from; i < 2 * to; i += 2) {
      out[i] = mx + scale * (positions[i]! - cx);
      out[i + 1] = my - scale * (positions[i + 1]! - cy);
    }
    return;
  }
  const [r0, r1, r2, r3, r4, r5, r6, r7, r8] = p.rotation;
  for (let i = from; i < to; i++) {
    const x = positions[3 * i]! - cx;
    const y = positions[3 * i + 1]! - cy;
    const z = positions[3 * i + 2]! - cz;
    const d = 1 - k * (r6 * x + r7 * y + r8 * z);
    const s = d < NEAREST ? NaN : scale / d;
    out[2 * i] = mx + s * (r0 * x + r1 * y + r2 * z);
    out[2 * i + 1] = my - s * (r3 * x + r4 * y + r5 * z);
  }
}
