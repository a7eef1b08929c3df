import type { Point3, Scatterplot } from '@noema/scatterplot';

/** Coordinates of a map by point. */
export interface Axes {
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Absent in two dimensions. */
  readonly z: Float32Array | undefined;
}

/** Where points lie on the canvas of a view that does not move. */
export class Places {
  /** Place of the point that `move` went to, in CSS pixels; NaN behind the camera. */
  x = NaN;
  y = NaN;
  private readonly origin: { readonly x: number; readonly y: number };
  private readonly unit: { readonly x: number; readonly y: number };

  constructor(
    private readonly plot: Pick<Scatterplot, 'project'>,
    private readonly axes: Axes,
  ) {
    this.origin = plot.project(ORIGIN);
    const one = plot.project(ONE);
    this.unit = { x: one.x - this.origin.x, y: one.y - this.origin.y };
  }

  get count(): number {
    return this.axes.x.length;
  }

  /** Goes to a point. In two dimensions places follow from two, so that a million take some milliseconds. */
  move(point: number): void {
    const { x, y, z } = this.axes;
    if (z === undefined) {
      this.x = this.origin.x + this.unit.x * x[point]!;
      this.y = this.origin.y + this.unit.y * y[point]!;
    } else ({ x: this.x, y: this.y } = this.plot.project({ x: x[point]!, y: y[point]!, z: z[point]! }));
  }
}

const ORIGIN: Point3 = { x: 0, y: 0, z: 0 };
const ONE: Point3 = { x: 1, y: 1, z: 0 };
