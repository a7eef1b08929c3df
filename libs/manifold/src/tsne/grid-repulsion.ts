import type { Lockstep } from '../lockstep.js';
import { GridConvolution } from './grid-convolution.js';
import type { GridMemory } from './grid-memory.js';
import { type GridShape, gridShape } from './grid-shape.js';
import type { Repulsion } from './repulsion.js';

/**
 * Lower bound of a point's Z. If all points are far from each other, only the interpolation error would
 * remain.
 */
const MIN_SHARE = 1e-4;

/**
 * Repulsion in the plane in O(n) by interpolation on a grid and Fourier transforms (FIt-SNE; Linderman,
 * Rachh, Hoskins, Steinerberger & Kluger 2019), with cubic Lagrange weights on the 4 × 4 nearest nodes of a
 * uniform grid.
 */
export class GridRepulsion implements Repulsion {
  private readonly convolution: GridConvolution;
  private readonly across = new Float64Array(4);
  private readonly along = new Float64Array(4);

  constructor(
    private readonly memory: GridMemory,
    private readonly lockstep: Lockstep,
  ) {
    this.convolution = new GridConvolution(memory, lockstep);
  }

  forces(coordinates: Float64Array, forces: Float64Array): number {
    const shape = gridShape(coordinates);
    const { atPoints } = this.memory;
    this.spread(coordinates, shape);
    this.lockstep.meet();
    this.convolution.run(shape);
    this.gather(coordinates, forces, shape);
    this.lockstep.meet();
    let z = -atPoints.length;
    for (let i = 0; i < atPoints.length; i++) z += atPoints[i]!;
    return Math.max(z, MIN_SHARE * atPoints.length);
  }

  /**
   * Adds the points' charges to this thread's rows of the grid, point by point, so that every node is summed
   * in a fixed order.
   */
  private spread(coordinates: Float64Array, shape: GridShape): void {
    const {
      nodes,
      spacing,
      corner: [lowX, lowY],
      middle: [middleX, middleY],
    } = shape;
    const {
      charges: [one, x, y],
    } = this.memory;
    const { across, along } = this;
    const { from, to } = this.rows(coordinates, shape);
    for (const field of [one!, x!, y!]) field.fill(0, from * nodes, to * nodes);
    for (let e = 0; e < coordinates.length; e += 2) {
      const v = (coordinates[e + 1]! - lowY) / spacing;
      const row = Math.floor(v);
      if (row + 3 < from || row >= to) continue;
      const u = (coordinates[e]! - lowX) / spacing;
      const column = Math.floor(u);
      cubicWeights(u - column, across);
      cubicWeights(v - row, along);
      const px = coordinates[e]! - middleX;
      const py = coordinates[e + 1]! - middleY;
      for (let r = Math.max(0, from - row), last = Math.min(4, to - row); r < last; r++) {
        for (let c = 0, at = (row + r) * nodes + column; c < 4; c++, at++) {
          const weight = along[r]! * across[c]!;
          one![at]! += weight;
          x![at]! += weight * px;
          y![at]! += weight * py;
        }
      }
    }
  }

  /** Returns this thread's rows of the grid, with about the same number of points for each thread. */
  private rows(
    coordinates: Float64Array,
    { nodes, spacing, corner: [, lowY] }: GridShape,
  ): { from: number; to: number } {
    const counts = new Int32Array(nodes);
    const { from, to } = this.lockstep.share(coordinates.length / 2);
    for (let e = 1; e < coordinates.length; e += 2)
      counts[Math.floor((coordinates[e]! - lowY) / spacing) + 1]!++;
    let first = 0;
    let last = 0;
    let seen = 0;
    for (let row = 0; row < nodes; row++) {
      if (seen < from) first = row + 1;
      if (seen < to) last = row + 1;
      seen += counts[row]!;
    }
    return { from: from === 0 ? 0 : first, to: to === coordinates.length / 2 ? nodes : last };
  }

  private gather(
    coordinates: Float64Array,
    forces: Float64Array,
    { nodes, spacing, corner: [lowX, lowY], middle: [middleX, middleY] }: GridShape,
  ): void {
    const {
      across,
      along,
      memory: {
        potentials: [squared, plain, squaredX, squaredY],
        atPoints,
      },
    } = this;
    const { from, to } = this.lockstep.share(atPoints.length);
    for (let i = from; i < to; i++) {
      const u = (coordinates[2 * i]! - lowX) / spacing;
      const v = (coordinates[2 * i + 1]! - lowY) / spacing;
      const column = Math.floor(u);
      const row = Math.floor(v);
      cubicWeights(u - column, across);
      cubicWeights(v - row, along);
      let k2 = 0;
      let k1 = 0;
      let k2x = 0;
      let k2y = 0;
      for (let r = 0; r < 4; r++) {
        for (let c = 0, at = (row + r) * nodes + column; c < 4; c++, at++) {
          const weight = along[r]! * across[c]!;
          k2 += weight * squared![at]!;
          k1 += weight * plain![at]!;
          k2x += weight * squaredX![at]!;
          k2y += weight * squaredY![at]!;
        }
      }
      atPoints[i] = k1;
      forces[2 * i] = (coordinates[2 * i]! - middleX) * k2 - k2x;
      forces[2 * i + 1] = (coordinates[2 * i + 1]! - middleY) * k2 - k2y;
    }
  }
}

/** Returns the Lagrange weights of the nodes −1, 0, 1 and 2 for a position between 0 and 1. */
function cubicWeights(t: number, into: Float64Array): void {
  const before = t + 1;
  const after = t - 1;
  const far = t - 2;
  into[0] = (-t * after * far) / 6;
  into[1] = (before * after * far) / 2;
  into[2] = (-before * t * far) / 2;
  into[3] = (before * t * after) / 6;
}
