import { DomainError } from '@noema/kernel';

/** `n` points of `d` dimensions: [n, d] float32, row-major. */
export interface Points {
  readonly data: Float32Array;
  readonly n: number;
  readonly d: number;
}

/**
 * Returns the points after validation. Throws `invalid` NO_POINTS, POINTS_SHAPE, or POINT_NOT_FINITE with the
 * point and the dimension.
 */
export function points(data: Float32Array, d: number): Points {
  if (!Number.isInteger(d) || d < 1 || data.length % d !== 0) {
    throw new DomainError(
      'invalid',
      'POINTS_SHAPE',
      `${data.length} values are no whole number of points of ${d} dimensions`,
    );
  }
  if (data.length === 0)
    throw new DomainError('invalid', 'NO_POINTS', 'there are no points: the population is empty');
  for (let i = 0; i < data.length; i++) {
    if (data[i]! - data[i]! === 0) continue;
    const point = Math.floor(i / d);
    throw new DomainError(
      'invalid',
      'POINT_NOT_FINITE',
      `dimension ${i % d} of point ${point} is ${data[i]}; all coordinates must be finite numbers`,
      { metadata: { point: String(point), dimension: String(i % d) } },
    );
  }
  return { data, n: data.length / d, d };
}

/** Returns the squared Euclidean distance of two points, in float64. */
export function squareBetween({ data, d }: Points, i: number, j: number): number {
  let sum = 0;
  for (let c = 0, a = i * d, b = j * d; c < d; c++) {
    const gap = data[b++]! - data[a++]!;
    sum += gap * gap;
  }
  return sum;
}

/** Returns some of the points, in the order of `rows`. */
export function pointsAt({ data, d }: Points, rows: ArrayLike<number>): Points {
  const picked = new Float32Array(rows.length * d);
  for (let at = 0; at < rows.length; at++)
    picked.set(data.subarray(rows[at]! * d, (rows[at]! + 1) * d), at * d);
  return { data: picked, n: rows.length, d };
}

/** Writes the squared Euclidean distances of point i to all points, in float64, into [n]. */
export function squaresFrom({ data, n, d }: Points, i: number, into: Float64Array): void {
  const own = Float64Array.from(data.subarray(i * d, (i + 1) * d));
  for (let j = 0, at = 0; j < n; j++) {
    let sum = 0;
    for (let c = 0; c < d; c++) {
      const gap = data[at++]! - own[c]!;
      sum += gap * gap;
    }
    into[j] = sum;
  }
}

/**
 * Scales the points to length 1, so that the Euclidean order is the order of the cosine. Throws `invalid`
 * POINT_ZERO with the zero point.
 */
export function unitLength({ data, n, d }: Points): Points {
  const scaled = new Float32Array(n * d);
  for (let i = 0; i < n; i++) {
    let square = 0;
    for (let c = i * d; c < (i + 1) * d; c++) square += data[c]! * data[c]!;
    if (square === 0)
      throw new DomainError(
        'invalid',
        'POINT_ZERO',
        `point ${i} is zero in all dimensions and has no cosine; leave it out or use euclidean`,
        { metadata: { point: String(i) } },
      );
    for (let c = i * d; c < (i + 1) * d; c++) scaled[c] = data[c]! / Math.sqrt(square);
  }
  return { data: scaled, n, d };
}
