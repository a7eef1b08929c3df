import { DomainError } from '@noema/kernel';
import { writeCoMoments } from './co-moments.js';

/** Moments of a set of rows: count, mean [d] and co-moments Σ(x−mean)(x−mean)ᵀ, float64. */
export interface Moments {
  readonly count: number;
  readonly mean: Float64Array;
  /**
   * The whole matrix [d, d], row-major, or only its diagonal [d] if there are more units than `exactUnits`.
   */
  readonly coMoment: Float64Array;
  /** First eigenvalue of the correlation matrix of each layer, if only the diagonal is stored. */
  readonly firstEigenvalues?: readonly number[];
}

/**
 * Default maximum number of units whose co-moment matrix is computed. A matrix of 4,096 units takes 128 MiB;
 * merging and eigenvectors take five times that and minutes. Above, `fitBasisByPasses` needs only the
 * diagonal.
 */
export const EXACT_UNITS = 4096;

/** True for moments with only the diagonal of their matrix. */
export const isDiagonal = ({ mean, coMoment }: Moments): boolean =>
  mean.length > 1 && coMoment.length === mean.length;

/** Returns the standard deviation of every unit [d] over the population. */
export function deviations(moments: Moments): Float64Array {
  const { count, mean, coMoment } = moments;
  const step = isDiagonal(moments) ? 1 : mean.length + 1;
  return mean.map((_, j) => Math.sqrt(Math.max(coMoment[j * step]!, 0) / count));
}

/**
 * Returns the moments of responses [n, d] float32, row-major, in two passes with float64 sums. Above
 * `exactUnits` columns only the diagonal.
 */
export function computeMoments(responses: Float32Array, d: number, exactUnits = EXACT_UNITS): Moments {
  const count = d === 0 ? 0 : responses.length / d;
  if (d > exactUnits) return computeDiagonal(responses, d);
  const coMoment = new Float64Array(d * d);
  return {
    count,
    mean: count === 0 ? new Float64Array(d) : writeCoMoments(responses, d, coMoment),
    coMoment,
  };
}

function computeDiagonal(responses: Float32Array, d: number): Moments {
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

/** Returns the moments of the union of both sets of rows (Chan, Golub & LeVeque 1979, parallel update). */
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
 * Merges the moments of all shards in the given order. In shard order, the bits do not depend on which shard
 * finished first.
 */
export function mergeInOrder(shards: readonly Moments[]): Moments {
  const [first, ...rest] = shards;
  if (first === undefined)
    throw new DomainError('invalid', 'NO_MOMENTS', 'there are no moments to merge: the population is empty');
  return rest.reduce(mergeMoments, first);
}
