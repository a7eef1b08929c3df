import type { Points } from '../points.js';
import { Octree } from '../tsne/octree.js';

/**
 * Maximum number of stored points for an exact sum. Above it, cubes seen under a small angle count as one
 * point.
 */
const EXACT_UP_TO = 1_200;
const THETA = 0.5;

/**
 * Repulsion that the fixed points of a map exert on a point among them: a tree of cubes, built once (Barnes &
 * Hut 1986).
 */
export class RepulsionField {
  private readonly tree: Octree;
  private readonly theta: number;
  /** The points in space, plus one slot at the end for the current point. */
  private readonly coordinates: Float64Array;

  constructor(private readonly map: Points) {
    const { data, n, d } = map;
    this.coordinates = new Float64Array(3 * (n + 1));
    for (let i = 0; i < n; i++) for (let c = 0; c < d; c++) this.coordinates[3 * i + c] = data[i * d + c]!;
    this.tree = new Octree(n);
    this.tree.build(this.coordinates);
    this.theta = n <= EXACT_UP_TO ? 0 : THETA;
  }

  /**
   * Writes Σⱼ (y − yⱼ) / (1 + |y − yⱼ|²)² for a position y [dims] into `force` [3], and returns Σⱼ 1 / (1 +
   * |y − yⱼ|²).
   */
  at(place: Float64Array, force: Float64Array): number {
    const { n } = this.map;
    this.coordinates.set(place, 3 * n);
    return this.tree.push(this.coordinates, n, this.theta, force.fill(0));
  }
}
