import type { Dim } from '@noema/onnx';

/** A size in TensorFlow's graph: a number, or a multiple of the samples in a batch. */
export type Size = number | { readonly perSample: number };

export const BATCH: Size = { perSample: 1 };

export const isFixed = (size: Size): size is number => typeof size === 'number';

export const areFixed = (sizes: readonly Size[]): sizes is readonly number[] => sizes.every(isFixed);

/** A size as ONNX names it: a number, `n` or `n*2`. */
export const toDim = (size: Size): Dim =>
  isFixed(size) ? size : size.perSample === 1 ? 'n' : `n*${size.perSample}`;

export const isSameSize = (a: Size, b: Size): boolean => toDim(a) === toDim(b);

/** Product of sizes; undefined for a product of two batches. */
export function multiply(sizes: readonly Size[]): Size | undefined {
  const open = sizes.filter((size) => !isFixed(size)).length;
  const product = sizes.reduce<number>((all, size) => all * (isFixed(size) ? size : size.perSample), 1);
  return open === 0 ? product : open === 1 ? { perSample: product } : undefined;
}

/** The size of which `part` times is `whole`; undefined where there is none. */
export function divide(whole: Size | undefined, part: Size | undefined): Size | undefined {
  if (whole === undefined || part === undefined) return undefined;
  const [a, b] = [whole, part].map((size) => (isFixed(size) ? size : size.perSample)) as [number, number];
  const quotient = b === 0 ? 0 : a / b;
  if (!Number.isInteger(quotient)) return undefined;
  if (isFixed(whole)) return isFixed(part) ? quotient : undefined;
  return isFixed(part) ? { perSample: quotient } : quotient;
}

/** Sizes of the result of an operator that broadcasts; undefined where the sizes do not fit. */
export function broadcast(a: readonly Size[], b: readonly Size[]): Size[] | undefined {
  const rank = Math.max(a.length, b.length);
  const at = (sizes: readonly Size[], axis: number): Size => sizes[axis - rank + sizes.length] ?? 1;
  const result = Array.from({ length: rank }, (_, axis) => {
    const [left, right] = [at(a, axis), at(b, axis)];
    if (left === 1 || isSameSize(left, right)) return right;
    return right === 1 ? left : undefined;
  });
  return result.every((size) => size !== undefined) ? result : undefined;
}
