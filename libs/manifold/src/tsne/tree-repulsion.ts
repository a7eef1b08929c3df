import type { Lockstep } from '../lockstep.js';
import { Octree } from './octree.js';
import type { Repulsion } from './repulsion.js';

/** Cubes that are seen under a smaller angle count as one point. */
const THETA = 0.5;

/**
 * Repulsion in space in O(n log n) by a tree of cubes (van der Maaten 2014). A grid in three dimensions would
 * have too many nodes.
 */
export class TreeRepulsion implements Repulsion {
  private readonly tree: Octree;
  private readonly force = new Float64Array(3);

  /** `atPoints` [n] is in shared memory. */
  constructor(
    private readonly atPoints: Float64Array,
    private readonly lockstep: Lockstep,
  ) {
    this.tree = new Octree(atPoints.length);
  }

  forces(coordinates: Float64Array, forces: Float64Array): number {
    const { atPoints, force, tree } = this;
    const { from, to } = this.lockstep.share(atPoints.length);
    tree.build(coordinates);
    for (let i = from; i < to; i++) {
      force.fill(0);
      atPoints[i] = tree.push(coordinates, i, THETA, force);
      forces.set(force, 3 * i);
    }
    this.lockstep.meet();
    let z = 0;
    for (const sum of atPoints) z += sum;
    return Math.max(z, Number.EPSILON);
  }
}
