import type { Lockstep } from '../lockstep.js';
import type { Repulsion } from './repulsion.js';

/** Repulsion by comparing all pairs: exact, and the fastest for few points. */
export class ExactRepulsion implements Repulsion {
  /** `atPoints` [n] is in shared memory. */
  constructor(
    private readonly dims: 2 | 3,
    private readonly atPoints: Float64Array,
    private readonly lockstep: Lockstep,
  ) {}

  forces(coordinates: Float64Array, forces: Float64Array): number {
    const { dims, atPoints } = this;
    const n = atPoints.length;
    const { from, to } = this.lockstep.share(n);
    for (let i = from; i < to; i++) {
      const x = coordinates[i * dims]!;
      const y = coordinates[i * dims + 1]!;
      const z = dims === 3 ? coordinates[i * dims + 2]! : 0;
      let fx = 0;
      let fy = 0;
      let fz = 0;
      let sum = -1;
      for (let e = 0; e < coordinates.length; e += dims) {
        const dx = x - coordinates[e]!;
        const dy = y - coordinates[e + 1]!;
        const dz = dims === 3 ? z - coordinates[e + 2]! : 0;
        const k = 1 / (1 + dx * dx + dy * dy + dz * dz);
        sum += k;
        fx += k * k * dx;
        fy += k * k * dy;
        fz += k * k * dz;
      }
      atPoints[i] = sum;
      forces[i * dims] = fx;
      forces[i * dims + 1] = fy;
      if (dims === 3) forces[i * dims + 2] = fz;
    }
    this.lockstep.meet();
    let z = 0;
    for (const sum of atPoints) z += sum;
    return Math.max(z, Number.EPSILON);
  }
}
