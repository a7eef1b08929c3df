import { availableParallelism } from 'node:os';

/** How many threads to use for this much work when the caller does not say. */
export function threadsFor(requested: number | undefined, useful: number): number {
  return Math.max(1, Math.min(requested ?? availableParallelism(), useful));
}

/** A typed array in memory that threads share: itself where it lies there, else a copy. */
export function shared<T extends Float32Array | Float64Array | Int32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Kind(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
