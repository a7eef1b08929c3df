import { DomainError } from '@noema/kernel';
import { symmetricEigen } from '@noema/perception';

/** The same samples in two maps, pair by pair: `rows` [a] of the first and `others` [a] of the second. */
export interface Anchors {
  readonly rows: Int32Array;
  readonly others: Int32Array;
}

/**
 * A map aligned to another, and the remaining distance of its anchors: the mean, and as a share of the
 * anchors' mean distance from their centre.
 */
export interface Alignment {
  readonly coordinates: Float32Array;
  readonly meanMovement: number;
  readonly relativeMovement: number;
}

/**
 * Rotates, reflects and shifts a map [n, dims] onto a reference [m, dims] without scaling, so that points
 * move little (orthogonal Procrustes: Schönemann 1966). With `anchors`, only these pairs determine and
 * measure the alignment, and all points move; without them row i matches row i. Throws `invalid` ALIGN_SHAPE,
 * ANCHOR_OUTSIDE.
 */
export function align(
  coordinates: Float32Array,
  reference: Float32Array,
  dims: 2 | 3,
  anchors?: Anchors,
): Alignment {
  if (
    coordinates.length === 0 ||
    coordinates.length % dims !== 0 ||
    reference.length % dims !== 0 ||
    (anchors === undefined && coordinates.length !== reference.length)
  ) {
    throw new DomainError(
      'invalid',
      'ALIGN_SHAPE',
      `${coordinates.length} coordinates cannot be aligned to ${reference.length} in ${dims} dimensions`,
    );
  }
  const n = coordinates.length / dims;
  const own = anchored(coordinates, dims, anchors?.rows);
  const other = anchored(reference, dims, anchors?.others);
  if (own.length !== other.length)
    throw new DomainError(
      'invalid',
      'ALIGN_SHAPE',
      `${own.length / dims} anchors cannot be aligned to ${other.length / dims}; give them in pairs`,
    );
  if (own.length === 0) return { coordinates: coordinates.slice(), meanMovement: 0, relativeMovement: 0 };
  const from = computeCentre(own, dims);
  const to = computeCentre(other, dims);
  const cross = new Float64Array(dims * dims);
  for (let i = 0; i < own.length; i += dims) {
    for (let a = 0; a < dims; a++) {
      for (let b = 0; b < dims; b++)
        cross[a * dims + b]! += (own[i + a]! - from[a]!) * (other[i + b]! - to[b]!);
    }
  }
  const turn = nearestOrthogonal(cross, dims);
  const moved = new Float32Array(n * dims);
  for (let i = 0; i < n; i++) {
    for (let b = 0; b < dims; b++) {
      let sum = to[b]!;
      for (let a = 0; a < dims; a++) sum += (coordinates[i * dims + a]! - from[a]!) * turn[a * dims + b]!;
      moved[i * dims + b] = sum;
    }
  }
  return { coordinates: moved, ...computeMovement(anchored(moved, dims, anchors?.rows), other, to, dims) };
}

function computeMovement(
  own: Float32Array,
  other: Float32Array,
  centre: Float64Array,
  dims: number,
): { meanMovement: number; relativeMovement: number } {
  let movement = 0;
  let radius = 0;
  for (let i = 0; i < own.length; i += dims) {
    let gap = 0;
    let size = 0;
    for (let b = 0; b < dims; b++) {
      gap += (own[i + b]! - other[i + b]!) ** 2;
      size += (other[i + b]! - centre[b]!) ** 2;
    }
    movement += Math.sqrt(gap);
    radius += Math.sqrt(size);
  }
  return {
    meanMovement: (movement * dims) / own.length,
    relativeMovement: radius > 0 ? movement / radius : 0,
  };
}

/** Returns the coordinates of the given rows, or of all. */
function anchored(coordinates: Float32Array, dims: number, rows: Int32Array | undefined): Float32Array {
  if (rows === undefined) return coordinates;
  const picked = new Float32Array(rows.length * dims);
  rows.forEach((row, at) => {
    if (row < 0 || (row + 1) * dims > coordinates.length)
      throw new DomainError(
        'invalid',
        'ANCHOR_OUTSIDE',
        `anchor ${at} is row ${row} of a map of ${coordinates.length / dims} points`,
      );
    picked.set(coordinates.subarray(row * dims, (row + 1) * dims), at * dims);
  });
  return picked;
}

function computeCentre(coordinates: Float32Array, dims: number): Float64Array {
  const centre = new Float64Array(dims);
  for (let i = 0; i < coordinates.length; i++) centre[i % dims]! += coordinates[i]!;
  return centre.map((sum) => (sum * dims) / coordinates.length);
}

/** Returns U Vᵀ of M = U S Vᵀ. Axes along which M vanishes are completed to an orthogonal matrix. */
function nearestOrthogonal(m: Float64Array, dims: number): Float64Array {
  const square = new Float64Array(dims * dims);
  for (let i = 0; i < dims; i++)
    for (let j = 0; j < dims; j++)
      for (let r = 0; r < dims; r++) square[i * dims + j]! += m[r * dims + i]! * m[r * dims + j]!;
  const { vectors } = symmetricEigen(square, dims);
  const lefts: Float64Array[] = [];
  let largest = 0;
  for (let c = 0; c < dims; c++) {
    const left = Float64Array.from({ length: dims }, (_, r) => {
      let sum = 0;
      for (let j = 0; j < dims; j++) sum += m[r * dims + j]! * vectors[c * dims + j]!;
      return sum;
    });
    const size = Math.hypot(...left);
    largest = Math.max(largest, size);
    lefts.push(orthonormal(size > 1e-9 * largest && size > 0 ? left : undefined, lefts, dims));
  }
  const result = new Float64Array(dims * dims);
  lefts.forEach((left, c) => {
    for (let a = 0; a < dims; a++)
      for (let b = 0; b < dims; b++) result[a * dims + b]! += left[a]! * vectors[c * dims + b]!;
  });
  return result;
}

function orthonormal(
  wish: Float64Array | undefined,
  taken: readonly Float64Array[],
  dims: number,
): Float64Array {
  const unit = (axis: number): Float64Array =>
    Float64Array.from({ length: dims }, (_, i) => (i === axis ? 1 : 0));
  const candidates = [
    ...(wish === undefined ? [] : [wish]),
    ...Array.from({ length: dims }, (_, axis) => unit(axis)),
  ];
  for (const candidate of candidates) {
    const size = Math.hypot(...candidate);
    const rest = candidate.map((value) => value / size);
    for (const other of taken) {
      const dot = rest.reduce((sum, value, i) => sum + value * other[i]!, 0);
      rest.forEach((value, i) => {
        rest[i] = value - dot * other[i]!;
      });
    }
    const left = Math.hypot(...rest);
    if (left > 0.1) return rest.map((value) => value / left);
  }
  throw new DomainError('internal', 'ALIGN_NO_AXIS', 'no axis is left to complete the rotation');
}
