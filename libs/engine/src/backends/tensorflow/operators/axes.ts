/** The axis counted from the front. */
export const normalizeAxis = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis);

/** The dimensions that two tensors have together where 1 is repeated. */
export function broadcast(a: readonly number[], b: readonly number[]): number[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const [left, right] = [a[i - rank + a.length] ?? 1, b[i - rank + b.length] ?? 1];
    return left === 1 ? right : left;
  });
}

export const product = (dims: readonly number[]): number => dims.reduce((a, b) => a * b, 1);
