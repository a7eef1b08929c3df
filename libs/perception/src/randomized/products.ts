import type { Subspaces } from './subspace.js';

/** Number of columns whose part of a block stays in the caches while all rows pass. */
const TILE = 64;

/** Standardised responses, (row − mean) ∘ scale [n, d], in their stored form. */
export interface ScaledRows {
  readonly rows: Float32Array;
  readonly mean: Float64Array;
  readonly scale: Float64Array;
}

/**
 * Writes rows · block [n, groups · width] for the rows from `from` to `to`. A row's result does not depend on
 * other rows.
 */
export function writeImages(
  { rows, mean, scale }: ScaledRows,
  { groups, width, values }: Subspaces,
  images: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const d = mean.length;
  const stride = groups.length * width;
  images.fill(0, from * stride, to * stride);
  groups.forEach((group, g) => {
    for (let tile = group.from; tile < group.to; tile += TILE) {
      const end = Math.min(group.to, tile + TILE);
      for (let row = from; row < to; row++) {
        const base = row * d;
        const at = row * stride + g * width;
        const scaled = (column: number): number =>
          column < end ? (rows[base + column]! - mean[column]!) * scale[column]! : 0;
        for (let column = tile; column < end; column += 4) {
          const x0 = scaled(column);
          const x1 = scaled(column + 1);
          const x2 = scaled(column + 2);
          const x3 = scaled(column + 3);
          const q0 = column * width;
          const q1 = Math.min(column + 1, end - 1) * width;
          const q2 = Math.min(column + 2, end - 1) * width;
          const q3 = Math.min(column + 3, end - 1) * width;
          for (let c = 0; c < width; c++)
            images[at + c]! +=
              x0 * values[q0 + c]! + x1 * values[q1 + c]! + x2 * values[q2 + c]! + x3 * values[q3 + c]!;
        }
      }
    }
  });
}

/**
 * Adds rowsᵀ · images to the products [d, width] of the columns from `from` to `to`, row by row: the same
 * bits for any distribution of the columns.
 */
export function addProducts(
  { rows, mean, scale }: ScaledRows,
  { groups, width, values: products }: Subspaces,
  images: Float64Array,
  { from, to }: { readonly from: number; readonly to: number },
): void {
  const d = mean.length;
  const n = rows.length / d;
  const stride = groups.length * width;
  groups.forEach((group, g) => {
    const last = Math.min(group.to, to);
    for (let tile = Math.max(group.from, from); tile < last; tile += TILE) {
      const end = Math.min(last, tile + TILE);
      for (let row = 0; row < n; row += 4) {
        const at = (i: number): number => Math.min(row + i, n - 1);
        const y0 = row * stride + g * width;
        const y1 = at(1) * stride + g * width;
        const y2 = at(2) * stride + g * width;
        const y3 = at(3) * stride + g * width;
        for (let column = tile; column < end; column++) {
          const middle = mean[column]!;
          const factor = scale[column]!;
          const into = column * width;
          const scaled = (i: number): number =>
            row + i < n ? (rows[(row + i) * d + column]! - middle) * factor : 0;
          const x0 = scaled(0);
          const x1 = scaled(1);
          const x2 = scaled(2);
          const x3 = scaled(3);
          for (let c = 0; c < width; c++)
            products[into + c]! +=
              x0 * images[y0 + c]! + x1 * images[y1 + c]! + x2 * images[y2 + c]! + x3 * images[y3 + c]!;
        }
      }
    }
  });
}
