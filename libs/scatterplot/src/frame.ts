import type { Point3 } from './scatterplot.js';

/** The box in the data's units that zoom 1 shows. */
export interface Frame {
  readonly center: Point3;
  /** Half the extent along each axis, more than 0 wherever points differ. */
  readonly half: Point3;
}

/** Grows with the points; places that are not finite are left out. */
export class Bounds {
  readonly low = [Infinity, Infinity, Infinity];
  readonly high = [-Infinity, -Infinity, -Infinity];

  /** Takes values of one axis in, axis 0 to 2. */
  add(axis: number, values: ArrayLike<number>): void {
    let low = this.low[axis]!;
    let high = this.high[axis]!;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      if (value < low && value > -Infinity) low = value;
      if (value > high && value < Infinity) high = value;
    }
    this.low[axis] = low;
    this.high[axis] = high;
  }

  frame(): Frame {
    const middle = (axis: number): number =>
      this.low[axis]! <= this.high[axis]! ? (this.low[axis]! + this.high[axis]!) / 2 : 0;
    const half = (axis: number): number => Math.max(0, (this.high[axis]! - this.low[axis]!) / 2) || 0;
    return {
      center: { x: middle(0), y: middle(1), z: middle(2) },
      half: { x: half(0), y: half(1), z: half(2) },
    };
  }
}

const AXES = ['x', 'y', 'z'] as const;

/**
 * True if a view of `held` is good enough for `wanted`: nothing sticks out noticeably, and at least 60 % of
 * the larger side is used.
 */
export function stillShows(held: Frame, wanted: Frame): boolean {
  const side = Math.max(held.half.x, held.half.y, held.half.z);
  const inside = AXES.every(
    (axis) =>
      Math.abs(wanted.center[axis] - held.center[axis]) + wanted.half[axis] <= held.half[axis] + 0.03 * side,
  );
  return inside && Math.max(wanted.half.x, wanted.half.y, wanted.half.z) >= 0.6 * side;
}
