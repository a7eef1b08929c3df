import { DomainError } from '@noema/kernel';
import { writeCoMoments } from './co-moments.js';

/** The moments of a set of rows: count, mean [d] and co-moments Σ(x−mean)(x−mean)ᵀ, float64. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  /**
   * The whole matrix [d, d], row-major, or its diagonal [d] alone where there are more units than
   * `exactUnits`.
   */
  readonly coMoment: Float64Array;
  /** First eigenvalue of the correlation matrix of each layer, where the diagonal alone cannot give it. */
  readonly firstEigenvalues?: readonly number[];
}

/**
 * The most units whose co-moment matrix is built unless the caller says otherwise. A matrix of 4,096 units
 * takes 128 MiB, its merging and its eigenvectors five times that and minutes; beyond, `fitBasisByPasses`
 * needs the diagonal alone.
 */
export const EXACT_UNITS = 4096;

/** True for moments that hold the diagonal of their matrix alone. */
export const isDiagonal = ({ mean, coMoment }: Moments): boolean =>
  mean.length > 1 && coMoment.length === mean.length;

/** Standard deviation of every unit [d], over the population. */
export function deviations(moments: Moments): Float64Array {
  const { count, mean, coMoment } = moments;
  const step = isDiagonal(moments) ? 1 : mean.length + 1;
  return mean.map((_, j) => Math.sqrt(Math.max(coMoment[j * step]!, 0) / count));
}

/**
 * The moments of responses [n, d] float32, row-major; two passes, summed in float64. Above `exactUnits`
 * columns the diagonal alone.
 */
export function momentsOf(responses: Float32Array, d: number, exactUnits = EXACT_UNITS): Moments {
  const count = d === 0 ? 0 : responses.length / d;
  if (d > exactUnits) return diagonalOf(responses, d);
  const coMoment = new Float64Array(d * d);
  return {
    count,
    mean: count === 0 ? new Float64Array(d) : writeCoMoments(responses, d, coMoment),
    coMoment,
  };
}

function diagonalOf(responses: Float32Array, d: number): Moments {
  const count = responses.length / d;
  const mean = new Float64Array(d);
  const coMoment = new Float64Array(d);
  for (let at = 0; at < responses.length; at += d)
    for (let j = 0; j < d; j++) mean[j]! += responses[at + j]! / count;
  for (let at = 0; at < responses.length; at += d) {
    for (let j = 0; j < d; j++) {
      const delta = responses[at + j]! - mean[j]!;
      coMoment[j]! += delta * delta;
    }
  }
  return { count, mean, coMoment };
}

/** The moments of both sets of rows together (Chan, Golub & LeVeque 1979, parallel update). */
export function mergeMoments(a: Moments, b: Moments): Moments {
  const d = a.mean.length;
  if (b.mean.length !== d)
    throw new DomainError(
      'invalid',
      'MOMENTS_SHAPE',
      `moments of ${d} and of ${b.mean.length} units cannot be merged`,
    );
  if (b.coMoment.length !== a.coMoment.length)
    throw new DomainError(
      'invalid',
      'MOMENTS_SHAPE',
      `the diagonal and the matrix of the moments of ${d} units cannot be merged`,
    );
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count;
  const delta = b.mean.map((m, j) => m - a.mean[j]!);
  const mean = a.mean.map((m, j) => m + delta[j]! * (b.count / count));
  const factor = a.count * (b.count / count);
  if (isDiagonal(a))
    return {
      count,
      mean,
      coMoment: a.coMoment.map((sum, j) => sum + b.coMoment[j]! + delta[j]! * delta[j]! * factor),
    };
  const coMoment = new Float64Array(d * d);
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

/**
 * The moments of all shards, merged in the order given: hand them over in shard order and the bits do not
 * depend on which finished first.
 */
export function mergeInOrder(shards: readonly Moments[]): Moments {
  const [first, ...rest] = shards;
  if (first === undefined)
    throw new DomainError('invalid', 'NO_MOMENTS', 'there are no moments to merge: the population is empty');
  return rest.reduce(mergeMoments, first);
}
