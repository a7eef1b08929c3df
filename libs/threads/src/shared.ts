import { availableParallelism } from 'node:os';

/** Returns the default number of threads for an amount of work. */
export function threadsFor(requested: number | undefined, useful: number): number {
  return Math.max(1, Math.min(requested ?? availableParallelism(), useful));
}

/** Returns a typed array in shared memory: the array itself if it is shared already, otherwise a copy. */
export function shared<T extends Float32Array | Float64Array | Int32Array>(array: T): T {
  if (array.buffer instanceof SharedArrayBuffer) return array;
  const Kind = array.constructor as new (buffer: SharedArrayBuffer) => T;
  const copy = new Kind(new SharedArrayBuffer(array.byteLength));
  copy.set(array);
  return copy;
}
