import { DomainError } from '@noema/kernel';

/** `n` points of `d` dimensions: [n, d] float32, row-major. */
export interface Points {
  readonly data: Float32Array;
  readonly n: number;
  readonly d: number;
}

/**
 * The points as given, checked: throws `invalid` NO_POINTS, POINTS_SHAPE, or POINT_NOT_FINITE that names the point and the dimension.
 */
export function points(data: Float32Array, d: number): Points {
  if (!Number.isInteger(d) || d < 1 || data.length % d !== 0) {
    throw new DomainError('invalid', 'POINTS_SHAPE', `${data.length} values are no whole number of points of ${d} dimensions`);
  }
  if (data.length === 0) throw new DomainError('invalid', 'NO_POINTS', 'there are no points: the population is empty');
  for (let i = 0; i < data.length; i++) {
    if (data[i]! - data[i]! === 0) continue;
    const point = Math.floor(i / d);
    throw new DomainError('invalid', 'POINT_NOT_FINITE', `dimension ${i % d} of point ${point} is ${data[i]}; all coordinates must be finite numbers`,
      { metadata: { point: String(point), dimension: String(i % d) } });
  }
  return { data, n: data.length / d, d };
}
