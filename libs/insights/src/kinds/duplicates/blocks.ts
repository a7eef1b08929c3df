/** Items that a thread takes at once. */
export const BLOCK = 32;

/** Returns a counter of items that threads share. */
export const createCounter = (): Int32Array => new Int32Array(new SharedArrayBuffer(4));

/** Calls `visit` with each block of items that no other thread has taken. */
export function takeBlocks(
  counter: Int32Array,
  count: number,
  visit: (from: number, to: number) => void,
): void {
  for (;;) {
    const from = Atomics.add(counter, 0, BLOCK);
    if (from >= count) return;
    visit(from, Math.min(count, from + BLOCK));
  }
}

/** Calls `visit` with each item that no other thread has taken. */
export function takeItems(counter: Int32Array, count: number, visit: (at: number) => void): void {
  takeBlocks(counter, count, (from, to) => {
    for (let at = from; at < to; at++) visit(at);
  });
}

export const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(4 * length));

export const sharedDoubles = (length: number): Float64Array =>
  new Float64Array(new SharedArrayBuffer(8 * length));
