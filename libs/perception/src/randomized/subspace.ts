import { symmetricEigen } from '../symmetric-eigen.js';

/** Columns of the responses with a separate covariance: a layer, or all columns. */
export interface ColumnGroup {
  readonly from: number;
  readonly to: number;
}

/**
 * Blocks of vectors, one per group: row j of `values` [d, width] holds entry j of the vectors of the group of
 * column j.
 */
export interface Subspaces {
  readonly groups: readonly ColumnGroup[];
  readonly width: number;
  readonly values: Float64Array;
}

/** Ritz values of a group's block. */
export interface RitzValues {
  /** Values, descending. */
  readonly values: Float64Array;
  /** Unit vectors in the block, as rows [width, width]. */
  readonly turns: Float64Array;
  /** Residual ‖C·v − λ·v‖ of each value λ and its vector v. */
  readonly residuals: Float64Array;
}

/** Returns the columns of one group's block, one after the other [width, units]. */
function sliceColumns({ width, values }: Subspaces, { from, to }: ColumnGroup): Float64Array[] {
  return Array.from({ length: width }, (_, c) =>
    Float64Array.from({ length: to - from }, (_unused, i) => values[(from + i) * width + c]!),
  );
}

function writeColumns(
  { width, values }: Subspaces,
  { from }: ColumnGroup,
  columns: readonly Float64Array[],
): void {
  columns.forEach((column, c) => {
    column.forEach((value, i) => {
      values[(from + i) * width + c] = value;
    });
  });
}

/**
 * Makes the vectors of every block orthonormal in place, by Gram-Schmidt, twice. A dependent vector becomes
 * zero.
 */
export function orthonormalise(blocks: Subspaces): void {
  for (const group of blocks.groups) {
    const columns = sliceColumns(blocks, group);
    columns.forEach((column, c) => {
      const before = norm(column);
      for (let turn = 0; turn < 2; turn++)
        for (const other of columns.slice(0, c)) addScaled(column, other, -dot(column, other));
      const after = norm(column);
      const isNew = after > 1e-10 * before;
      for (let i = 0; i < column.length; i++) column[i] = isNew ? column[i]! / after : 0;
    });
    writeColumns(blocks, group, columns);
  }
}

/**
 * Rayleigh-Ritz: returns the eigenvalues of each group's covariance C in its orthonormal block Q, from
 * `products` C·Q.
 */
export function ritzValues(blocks: Subspaces, products: Subspaces): RitzValues[] {
  return blocks.groups.map((group) => {
    const [own, images] = [sliceColumns(blocks, group), sliceColumns(products, group)];
    const { width } = blocks;
    const inner = new Float64Array(width * width);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < width; j++) inner[i * width + j] = dot(own[i]!, images[j]!);
    for (let i = 0; i < width; i++)
      for (let j = 0; j < i; j++)
        inner[i * width + j] = inner[j * width + i] = (inner[i * width + j]! + inner[j * width + i]!) / 2;
    const { values, vectors: turns } = symmetricEigen(inner, width);
    const residuals = values.map((value, i) => {
      const rest = new Float64Array(group.to - group.from);
      const turn = turns.subarray(i * width, (i + 1) * width);
      turn.forEach((part, c) => {
        addScaled(rest, images[c]!, part);
        addScaled(rest, own[c]!, -value * part);
      });
      return norm(rest);
    });
    return { values, turns, residuals };
  });
}

/**
 * Returns the first `count` Ritz vectors of a group as rows [count, units]. The entry of largest magnitude is
 * positive.
 */
export function ritzVectors(
  blocks: Subspaces,
  group: ColumnGroup,
  { turns }: Pick<RitzValues, 'turns'>,
  count: number,
): Float64Array {
  const columns = sliceColumns(blocks, group);
  const units = group.to - group.from;
  const vectors = new Float64Array(count * units);
  for (let i = 0; i < count; i++) {
    const vector = vectors.subarray(i * units, (i + 1) * units);
    columns.forEach((column, c) => {
      addScaled(vector, column, turns[i * blocks.width + c]!);
    });
    if (largest(vector) < 0) for (let j = 0; j < units; j++) vector[j]! *= -1;
  }
  return vectors;
}

function addScaled(target: Float64Array, added: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * added[i]!;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const norm = (a: Float64Array): number => Math.sqrt(dot(a, a));

/** Returns the entry of largest magnitude; the first of nearly equal ones. */
function largest(vector: Float64Array): number {
  let found = 0;
  for (const value of vector) if (Math.abs(value) > Math.abs(found) * (1 + 1e-9)) found = value;
  return found;
}
