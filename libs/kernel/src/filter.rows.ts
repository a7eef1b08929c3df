import type { BoundFilter } from './filter.binding.js';
import { type FieldReader, rowTest } from './filter.evaluator.js';

/** Time after which the loop yields to the event loop. */
const SLICE_MS = 5;
/** Number of rows between two reads of the clock. */
const CLOCK_ROWS = 64;

/**
 * Resolves in a later turn of the event loop. Browsers have no `setImmediate`; there `scheduler.yield` returns at
 * once, where a timer in a timer waits 4 ms.
 */
function nextTurn(): Promise<void> {
  const { scheduler } = globalThis as { scheduler?: { yield?: () => Promise<void> } };
  if (scheduler?.yield !== undefined) return scheduler.yield();
  return new Promise((resolve) => {
    if (typeof setImmediate === 'function') setImmediate(resolve);
    else setTimeout(resolve);
  });
}

/**
 * Returns one byte per row, 1 where the row matches the filter. Works in slices of a few milliseconds and
 * yields to the event loop in between. Rejects with the reason of the signal when it aborts.
 */
export async function meetingRows(
  filter: BoundFilter,
  rows: number,
  fields: (name: string) => FieldReader,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  const mask = new Uint8Array(rows);
  const meets = rowTest(filter, fields);
  let sinceMs = performance.now();
  for (let row = 0; row < rows; row++) {
    if (row % CLOCK_ROWS === CLOCK_ROWS - 1 && performance.now() - sinceMs > SLICE_MS) {
      await nextTurn();
      signal?.throwIfAborted();
      sinceMs = performance.now();
    }
    if (meets(row)) mask[row] = 1;
  }
  return mask;
}
