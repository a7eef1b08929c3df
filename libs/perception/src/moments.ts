import { DomainError } from '@noema/kernel';
import { writeCoMoments } from './co-moments.js';

/** The moments of a set of rows: count, mean [d] and co-moment matrix Σ(x−mean)(x−mean)ᵀ [d, d], row-major, both float64. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  readonly coMoment: Float64Array;
}

/** The most units whose co-moment matrix is built; 8,192 units take 512 MiB. */
export const MAX_UNITS = 8192;

/** The moments of no rows of `d` columns; throws `exhausted` TOO_MANY_UNITS beyond MAX_UNITS. */
export function emptyMoments(d: number): Moments {
  if (d > MAX_UNITS) {
    throw new DomainError('exhausted', 'TOO_MANY_UNITS', `${d} units are more than the ${MAX_UNITS} whose covariance fits; choose fewer layers`,
      { metadata: { units: String(d) } });
  }
  return { count: 0, mean: new Float64Array(d), coMoment: new Float64Array(d * d) };
}

/** The moments of responses [n, d] float32, row-major; two passes, summed in float64. */
export function momentsOf(responses: Float32Array, d: number): Moments {
  const count = d === 0 ? 0 : responses.length / d;
  if (count === 0 || d > MAX_UNITS) return emptyMoments(d);
  const coMoment = new Float64Array(d * d);
  return { count, mean: writeCoMoments(responses, d, coMoment), coMoment };
}

/** The moments of both sets of rows together (Chan, Golub & LeVeque 1979, parallel update). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const d = a.mean.length;
  if (b.mean.length !== d) throw new DomainError('invalid', 'MOMENTS_SHAPE', `moments of ${d} and of ${b.mean.length} units cannot be merged`);
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const delta = b.mean.map((m, j) => m - a.mean[j]!);
  const mean = a.mean.map((m, j) => m + delta[j]! * (b.count / count));
  const coMoment = new Float64Array(d * d);
  const factor = a.count * (b.count / count);
  for (let i = 0; i < d; i++) {
    const scaled = delta[i]! * factor;
    for (let j = 0; j <= i; j++) {
      const sum = a.coMoment[i * d + j]! + b.coMoment[i * d + j]! + scaled * delta[j]!;
      coMoment[i * d + j] = sum;
      coMoment[j * d + i] = sum;
    }
  }
  return { count, mean, coMoment };
}

/** The moments of all shards, merged in the order given: hand them over in shard order and the bits do not depend on which finished first. */
export function mergeInOrder(shards: readonly Moments[]): Moments {
  const [first, ...rest] = shards;
  if (first === undefined) throw new DomainError('invalid', 'NO_MOMENTS', 'there are no moments to merge: the population is empty');
  return rest.reduce(mergeMoments, first);
}
